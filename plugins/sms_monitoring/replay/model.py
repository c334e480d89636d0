"""The result of a replay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal
    from typing import Any
    from uuid import UUID

    from sms_monitoring.alerts.model import AlertType, Threshold, Verdict
    from sms_monitoring.notify.message import Event
    from sms_monitoring.timeframe import Window


class ReplayError(ValueError):
    """What was asked for cannot be replayed; the message says what was wrong and what to do.

    :param parameter: which of the things asked for was wrong, where a single one was: a column, ``start``, ``end`` …
    """

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """An incident that a threshold would have opened.

    :param began: the evaluation that opened it, which is the end of the hour that it judged.
    :param ended: None: still open after the last hour of the range.
    :param worst: of its breaches the value furthest past the threshold; None where missing data opened it.
    :param told: whether anybody would have heard of it: the cooldown may hold it back until it is over.
    """

    entity: str
    began: datetime
    ended: datetime | None
    worst: Decimal | None
    sample_size: int | None
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIncident:
    """A row of ``sms_alert_history``."""

    id: UUID
    entity: str
    severity: str
    triggered_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A known incident, and the first firing that would have caught it.

    :param firing: None: missed.
    :param lead: how much earlier than the incident that firing began, in whole hours; negative: later.
    """

    incident: KnownIncident
    firing: Firing | None = None
    lead: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the firings of a threshold and the known incidents fit.

    :param matches: one a known incident, in their order.
    :param new: firings that match none of them.
    """

    matches: tuple[Match, ...]
    new: tuple[Firing, ...]

    @property
    def caught(self) -> tuple[Match, ...]:
        """The known incidents that it would have fired for."""
        return tuple(match for match in self.matches if match.firing is not None)

    @property
    def missed(self) -> tuple[Match, ...]:
        """Those that it would not."""
        return tuple(match for match in self.matches if match.firing is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one threshold would have done over the range.

    :param firing_time: how long its firings were open within the range, added up.
    :param longest: the longest of them, within the range.
    :param messages: how many by (channel, event).
    :param hours: how many hours of the range came to which verdict; ``breach`` if any entity's did, ``ok`` if any
        entity could be judged.
    """

    threshold: Threshold
    firings: tuple[Firing, ...]
    comparison: Comparison
    firing_time: timedelta
    longest: timedelta
    messages: Mapping[tuple[str, Event], int]
    hours: Mapping[Verdict, int]

    @property
    def message_count(self) -> int:
        """All messages, in all channels."""
        return sum(self.messages.values())

    @property
    def untold(self) -> int:
        """Firings that nobody would have heard of."""
        return sum(not firing.told for firing in self.firings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What an evaluation of the proposed threshold looked at: of several entities the one furthest past it.

    :param at: the end of the run's hour.
    :param value: None where there was too little to judge.
    """

    at: datetime
    value: Decimal | None
    sample_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """A proposed threshold over a range of history, beside the one that is set.

    :param changes: column of the thresholds table → proposed value.
    :param first_hour: the first hour that was aggregated at all, where that is after the beginning of the range.
    """

    alert: AlertType
    window: Window
    changes: Mapping[str, Any]
    current: Outcome
    proposed: Outcome
    incidents: tuple[KnownIncident, ...]
    points: tuple[Point, ...]
    first_hour: datetime | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """All that fired or that an incident is known of."""
        fired = {firing.entity for outcome in (self.current, self.proposed) for firing in outcome.firings}
        return tuple(sorted(fired | {incident.entity for incident in self.incidents}))


def open_within(firing: Firing, start: datetime, end: datetime) -> timedelta:
    """How long a firing was open between two times."""
    return max(timedelta(0), min(firing.ended or end, end) - max(firing.began, start))
