"""What a receiver makes of one delivery: the answer that the real service would give, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """The services that the receivers stand for."""

    SLACK = "slack"
    PAGERDUTY = "pagerduty"
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    HEARTBEAT = "heartbeat"
    SENTRY = "sentry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to one delivery.

    :param status: HTTP status code, or SMTP reply code; None where the connection was closed without an answer.
    :param answer: body of the answer: plain text, or an object sent as JSON.
    :param content: the delivery in the form that is kept: parsed where it could be parsed.
    :param reason: why it was rejected, in one sentence; None where it was accepted.
    :param warnings: faults that the real service lets pass but a reader would see.
    """

    status: int | None
    answer: str | dict[str, Any]
    content: dict[str, Any]
    reason: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the real service would have taken it."""
        return self.reason is None
