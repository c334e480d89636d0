"""What is said, before any channel decides how: the neutral message stored in the outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """What happened to the incident that a message is about."""

    TRIGGER = "trigger"
    RESOLVE = "resolve"
    TEST = "test"


class Severity(StrEnum):
    """How bad it is, in PagerDuty's and Alertmanager's common words."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A labelled absolute URL."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notification. All text is plain: a channel's formatter escapes and cuts it to its own limits.

    :param dedup_key: the same for every event of one incident, at most 255 characters.
    :param title: what is wrong, in a few words: "SMS delivery rate below 90 %".
    :param summary: one or two sentences with the numbers.
    :param facts: label and value pairs, in the order to show them.
    :param occurred_at: when the event happened, with a time zone.
    """

    event: Event
    severity: Severity
    alert_type: str
    entity: str
    dedup_key: str
    title: str
    summary: str
    occurred_at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form in which the outbox stores it."""
        return {**asdict(self), "occurred_at": self.occurred_at.isoformat()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Message:
        """The message that :meth:`to_json` stored."""
        return cls(
            **{
                **stored,
                "event": Event(stored["event"]),
                "severity": Severity(stored["severity"]),
                "occurred_at": datetime.fromisoformat(stored["occurred_at"]),
                "facts": tuple((label, value) for label, value in stored["facts"]),
                "links": tuple(Link(**link) for link in stored["links"]),
            }
        )
