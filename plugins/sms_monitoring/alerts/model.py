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
    from sms_monitoring.timeframe import Window

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
    NOT_RECOVERED = "not_recovered"
    """Within the threshold, but of an open incident, and not yet past its recovery threshold."""
    PAST_THRESHOLD = "past_threshold"
    NOT_AGGREGATED = "not_aggregated"
    """The window's last hour is not in the tables yet, or was not over when it was aggregated."""
    BAD_DATA = "bad_data"
    """An hour of the window failed a critical check of its data."""
    NO_ROWS = "no_rows"
    NO_VALUE = "no_value"
    SEEN_AT_LAST = "seen_at_last"
    """Of the whole system, which stood in while nothing was ever seen: now other entities are."""
    SAMPLE_TOO_SMALL = "sample_too_small"
    NOT_SIGNIFICANT = "not_significant"
    """Past the threshold, but a sample of this size gets there by chance."""
    QUERY_FAILED = "query_failed"


class State(StrEnum):
    """Where an alert type stands for one entity."""

    OK = "ok"
    PENDING = "pending"
    """In breach, but not yet often enough in a row to fire."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """Good again, but not yet often enough in a row to be over."""
    NO_DATA = "no_data"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"


class Cause(StrEnum):
    """Why a state changed, and why something was said or held back: ``sms_alert_transitions.reason``."""

    FIRST = "first"
    """The first evaluation of this entity."""
    PENDING = "pending"
    CLEARED = "cleared"
    """A pending breach was not confirmed."""
    NEW = "new"
    """An incident began."""
    RECOVERING = "recovering"
    RELAPSED = "relapsed"
    """In breach again before the recovery was confirmed."""
    RESOLVED = "resolved"
    RESOLVED_BY_PERSON = "resolved_by_person"
    DISABLED = "disabled"
    NO_DATA = "no_data"
    INSUFFICIENT_SAMPLE = "insufficient_sample"
    ERROR = "error"
    DATA_BACK = "data_back"
    COOLDOWN = "cooldown"
    SILENCED = "silenced"
    MUTED = "muted"
    INHIBITED = "inhibited"
    ANNOUNCED = "announced"
    """Said at last: what held it back is over."""
    REPEATED = "repeated"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    REPLAYED = "replayed"
    """A breach of history: on record, and nobody is told."""


class NoDataPolicy(StrEnum):
    """What it means that there is nothing to judge."""

    ALERT = "alert"
    """A breach like any other."""
    KEEP = "keep"
    """Nothing: the state says so, and an open incident stays open."""
    OK = "ok"
    """All is well, as far as the hour was aggregated at all: nothing was sent, so nothing failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertType:
    """What is fixed about an alert type in code; everything people tune is in :class:`Threshold`.

    :param title: what the alert says is wrong, in a few words.
    :param unit: printed behind values: "%", "×", …
    :param length: how much time one evaluation looks at, ending with the run's window.
    :param families: the metric families it reads: without their newest hour there is no data to judge.
    :param names_causes: its value just counts what is wrong: the summary names the labels of its details instead.
    """

    name: str
    title: str
    measure: Measure
    unit: str
    length: timedelta
    families: tuple[str, ...]
    names_causes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One row of ``sms_alert_thresholds``, as it stood when the evaluation began.

    :param recovery_threshold: while an incident is open, only a value that is not past this is good.
    :param widen_to: a rate with too small a sample is judged over longer windows, up to this.
    :param long_window: beyond ``widen_to`` and up to this, ``long_window_minimum_sample`` will do.
    :param evaluation_delay: the newest hour judged ended so long before the run's.
    :param repeat_interval: None: said once.
    :param escalation_channel: who else is told when nobody acknowledged it within ``escalate_after``.
    """

    alert_type: str
    threshold_value: Decimal
    comparison_operator: str
    severity: Severity
    notification_channel: str
    additional_channels: tuple[str, ...] = ()
    cooldown: timedelta
    enabled: bool
    minimum_sample: int
    confidence: float
    pending_evaluations: int = 1
    recovery_evaluations: int = 2
    recovery_threshold: Decimal | None = None
    widen_to: timedelta = timedelta(hours=24)
    long_window: timedelta = timedelta(hours=192)
    long_window_minimum_sample: int = 10
    no_data_policy: NoDataPolicy = NoDataPolicy.KEEP
    evaluation_delay: timedelta = timedelta(0)
    repeat_interval: timedelta | None = None
    escalation_channel: str | None = None
    escalate_after: timedelta | None = None
    owner: str | None = None
    runbook_url: str | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """Where a trigger goes, each channel once."""
        return tuple(dict.fromkeys((self.notification_channel, *self.additional_channels)))


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
class Finding:
    """What came of looking at one entity: the observation that decided, over which window, and its verdict."""

    observation: Observation
    window: Window
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """How many evaluations in a row had something to say, and said the same.

    :param breaches: up to now, without a good one between; at most as many as are needed to fire.
    :param healthy: since the incident's last breach.
    """

    breaches: int = 0
    healthy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where (alert type, entity) stood before this evaluation.

    :param streak: as it was before the window that is now judged, for the first time or again.
    :param incident_id: the open incident, also while its data is missing.
    :param ended_incident_id: an incident that a person resolved since.
    :param announced: whether that incident's trigger was put in the outbox, not held back.
    :param last_announced_at: when this entity last triggered a notification.
    :param evaluated_through: end of the newest window judged so far.
    :param clear_since: a widened window does not reach back behind this, into an incident that is over.
    :param seen: whether it ever had a row of its own; the whole system may just stand in for what is still to come.
    """

    entity: str
    state: State | None = None
    since: datetime | None = None
    streak: Streak = Streak()
    incident_id: UUID | None = None
    ended_incident_id: UUID | None = None
    announced: bool = False
    last_announced_at: datetime | None = None
    evaluated_through: datetime | None = None
    clear_since: datetime | None = None
    seen: bool = False


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
    """The outcome of one evaluation.

    :param cause: why the state changed; None where it did not, and nothing was held back.
    """

    state: State
    streak: Streak = Streak()
    incident: IncidentAction = IncidentAction.NONE
    notice: Notice = Notice.NONE
    cause: Cause | None = None
