"""What is said, before any channel decides how: the neutral message stored in the outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

# The entity of an alert that is about the system as a whole.
WHOLE_SYSTEM = "all"


class Event(StrEnum):
    """What happened to the incident that a message is about."""

    TRIGGER = "trigger"
    REPEAT = "repeat"
    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    TEST = "test"
    NOTICE = "notice"
    """Information that is about no incident."""


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

    :param entity: what it is about: a carrier, a campaign …; :data:`WHOLE_SYSTEM` where it is about everything.
    :param dedup_key: the same for every event of one incident, at most 255 characters.
    :param title: what is wrong, in a few words: "SMS delivery rate below 90 %".
    :param summary: one or two sentences with the numbers.
    :param facts: label and value pairs, in the order to show them.
    :param occurred_at: when the event happened, with a time zone.
    :param sequence: tells the repeats of one incident from each other, counted from 1.
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
    sequence: int = 0

    def to_json(self) -> dict[str, Any]:
        """The form in which the outbox stores it: what PostgreSQL cannot hold in a text becomes "?"."""
        stored: dict[str, Any] = _storable({**asdict(self), "occurred_at": self.occurred_at.isoformat()})
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Message:
        """The message that :meth:`to_json` stored.

        :raises KeyError, TypeError, ValueError: when something else was stored.
        """
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


def _storable(value: Any) -> Any:
    """``value`` without NUL and without halves of surrogate pairs, which no jsonb column takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(item) for item in value]
    return value
