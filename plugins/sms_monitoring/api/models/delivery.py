"""A row of the outbox, without what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class Delivery(BaseModel):
    """One notification in one channel."""

    id: int
    incident_id: UUID | None = Field(description="null: about none, such as a test")
    event: str = Field(description="trigger, repeat, escalate, acknowledge, resolve, test or notice")
    channel: str
    status: Literal["pending", "sending", "sent", "failed", "suppressed"]
    suppressed_reason: str | None = Field(
        description="why nobody was told: cooldown, silenced, muted, inhibited, trigger_not_delivered, superseded"
    )
    silence_id: int | None = Field(description="the silence or mute window that held it back")
    attempts: int
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None = Field(description="null once nothing is to be tried any more")
