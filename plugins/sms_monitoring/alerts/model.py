"""The words of the alert engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from sms_monitoring.notify.message import Severity

# Every alert type speaks of the whole system under this name, unless its SQL names other entities.
ALL = "all"


class Measure(StrEnum):
    """What kind of number an alert type watches, and so how it may be judged."""

    RATE = "rate"
    """Percent of a sample: judged by its confidence bound."""
    VALUE = "value"
    """Any other number: judged as it stands, given enough sample."""


class Verdict(StrEnum):
    """What one observation says about its threshold."""

    OK = "ok"
    BREACH = "breach"
    NO_DATA = "no_data"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"


class Reason(StrEnum):
    """Why a verdict was reached."""

    WITHIN_THRESHOLD = "within_threshold"
    PAST_THRESHOLD = "past_threshold"
    NOT_AGGREGATED = "not_aggregated"
    """The window's last hour is not in the tables yet, or was not over when it was aggregated."""
    NO_ROWS = "no_rows"
    NO_VALUE = "no_value"
    SAMPLE_TOO_SMALL = "sample_too_small"
    NOT_SIGNIFICANT = "not_significant"
    """Past the threshold, but a sample of this size gets there by chance."""
    QUERY_FAILED = "query_failed"


class State(StrEnum):
    """Where an alert type stands for one entity."""

    OK = "ok"
    FIRING = "firing"
    NO_DATA = "no_data"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertType:
    """What is fixed about an alert type in code; everything people tune is in :class:`Threshold`.

    :param title: what the alert says is wrong, in a few words.
    :param unit: printed behind values: "%", "×", …
    :param length: how much time one evaluation looks at, ending with the run's window.
    :param families: the metric families it reads: without their newest hour there is no data to judge.
    """

    name: str
    title: str
    measure: Measure
    unit: str
    length: timedelta
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One row of ``sms_alert_thresholds``, as it stood when the evaluation began."""

    alert_type: str
    threshold_value: Decimal
    comparison_operator: str
    severity: Severity
    notification_channel: str
    cooldown: timedelta
    enabled: bool
    minimum_sample: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One row of an alert type's SELECT; ``value`` and ``sample_size`` are None where there was no row."""

    entity: str = ALL
    value: Decimal | None = None
    sample_size: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one observation.

    :param judged_value: what was compared with the threshold: a rate's confidence bound, else the value.
    """

    verdict: Verdict
    reason: Reason
    judged_value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where (alert type, entity) stood before this evaluation.

    :param incident_id: the open incident, also while its data is missing.
    :param ended_incident_id: an incident that a person resolved since, whose end is still to be told.
    :param announced: whether that incident's trigger was put in the outbox, not held back by cooldown.
    :param last_announced_at: when this entity last triggered a notification.
    :param evaluated_through: end of the newest window judged so far.
    """

    entity: str
    state: State | None = None
    since: datetime | None = None
    incident_id: UUID | None = None
    ended_incident_id: UUID | None = None
    announced: bool = False
    last_announced_at: datetime | None = None
    evaluated_through: datetime | None = None


class IncidentAction(StrEnum):
    """What an evaluation does to the incident."""

    NONE = "none"
    OPEN = "open"
    RESOLVE = "resolve"


class Notice(StrEnum):
    """What an evaluation says."""

    NONE = "none"
    TRIGGER = "trigger"
    TRIGGER_HELD = "trigger_held"
    """Worth a trigger, held back by the cooldown; said later if it is still firing then."""
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of one evaluation."""

    state: State
    incident: IncidentAction = IncidentAction.NONE
    notice: Notice = Notice.NONE
