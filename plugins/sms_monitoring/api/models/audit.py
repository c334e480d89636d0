"""The audit and the log of transitions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from sms_monitoring.db import Row


class Change(BaseModel):
    """One column that an action changed."""

    column: str
    before: Any
    after: Any


class AuditEntry(BaseModel):
    """Who changed what."""

    id: int
    at: datetime
    actor: str = Field(description="who did it; by the API, who was logged in to Airflow")
    login: str = Field(description="the database role that was logged in")
    action: str
    object: str = Field(description="`threshold delivery_rate_critical`, `incident <id>`, `silence 7` …")
    changes: list[Change] = Field(description="of a row that was changed, the columns that were")
    before: dict[str, Any] | None = Field(description="the whole row; null where there was none")
    after: dict[str, Any] | None
    note: str | None


class Transition(BaseModel):
    """A change of an alert's state; or, where the state stays, why something was said or held back."""

    id: int
    occurred_at: datetime
    alert_type: str
    entity: str
    from_state: str | None
    to_state: str | None
    reason: str
    incident_id: UUID | None
    window_end: datetime | None = Field(description="end of the hours that were judged; null: a person or the clock")


def audit_entry(row: Row) -> AuditEntry:
    """Of a row of ``api/audit/page.sql``."""
    before, after = row["before"], row["after"]
    # Of a row that is new, or gone, everything changed: that says nothing.
    both = before and after
    names = sorted(name for name in before if before[name] != after.get(name)) if both else []
    changes = [Change(column=name, before=before[name], after=after.get(name)) for name in names]
    return AuditEntry(**row, changes=changes)
