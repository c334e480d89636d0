"""What a digest is made of: the numbers, and how rates come from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sms_monitoring.digest.localday import LocalDay

DELIVERY_ALERT = "delivery_rate_critical"
LLM_ALERT = "llm_failure_critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The numbers of one day, or of several as an average day.

    :param days: local days with data in it; 0 means that nothing is known, and every number is None.
    :param sums: metric type → sum over the period; counts, milliseconds, USD.
    :param p50: duration metric → median in milliseconds. ``p95``: the same at 95 %.
    :param user_days: distinct users of each day, added up; None where retention has dropped them.
    """

    days: int = 0
    sums: Mapping[str, float] = field(default_factory=dict)
    p50: Mapping[str, float] = field(default_factory=dict)
    p95: Mapping[str, float] = field(default_factory=dict)
    user_days: float | None = None

    def total(self, *metrics: str) -> float:
        """Sum over the whole period; 0 where nothing was counted."""
        return sum(self.sums.get(metric, 0.0) for metric in metrics)

    def daily(self, *metrics: str) -> float | None:
        """Sum of ``metrics`` on an average day; None without data."""
        return self.total(*metrics) / self.days if self.days else None

    def percent(self, part: str, *whole: str) -> float | None:
        """``part`` of ``whole`` in percent; None where the whole is nothing."""
        return _ratio(100 * self.total(part), self.total(*whole))

    def per_user(self, *metrics: str) -> float | None:
        """``metrics`` per active user and day; None where there was none or their number is not known."""
        return _ratio(self.total(*metrics), self.user_days)

    def per_sent(self, *metrics: str) -> float | None:
        """``metrics`` per message sent."""
        return _ratio(self.total(*metrics), self.total("sent_count"))

    @property
    def active_users(self) -> float | None:
        """Distinct users of an average day."""
        return None if self.user_days is None else _ratio(self.user_days, self.days)

    @property
    def delivery_rate(self) -> float | None:
        """Delivered of sent, in percent."""
        return self.percent("delivered_count", "sent_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of the day; ``start`` is UTC.

    :param missing: there is no row for scheduled or sent messages.
    :param expected: there usually is one at this time of day, and was on the same weekday a week ago.
    """

    start: datetime
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    missing: bool = False
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The day of one carrier or campaign. ``sent_before`` is None where it sent nothing the day before."""

    name: str
    sent: int
    delivered: int
    failed: int
    opt_outs: int
    sent_before: int | None
    delivered_before: int

    @property
    def delivery_rate(self) -> float | None:
        """Delivered of sent, in percent."""
        return _ratio(100 * self.delivered, self.sent)

    @property
    def delivery_rate_before(self) -> float | None:
        """The same on the day before."""
        return _ratio(100 * self.delivered_before, self.sent_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident that was open at any time of the day; ``resolved_at`` None: open as this is read."""

    alert_type: str
    entity: str
    severity: str
    triggered_at: datetime
    resolved_at: datetime | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What an alert measures a rate by: it fires where ``value operator threshold`` holds over enough samples."""

    value: float
    operator: str
    minimum_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the data reaches (None: there is none), and hours of the day that wait to be computed again.

    :param read_at: when all this was read.
    """

    read_at: datetime
    newest_hour: datetime | None
    source_read_through: datetime | None
    hours_waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestData:
    """Everything one digest says.

    :param trend: the last 14 days with the day itself at the end, oldest first.
    :param week: an average day of the seven before the day.
    :param thresholds: alert type → threshold; disabled alerts are left out.
    """

    day: LocalDay
    today: Period
    before: Period
    week: Period
    hours: tuple[Hour, ...]
    trend: tuple[tuple[date, Period], ...]
    carriers: tuple[Slice, ...]
    campaigns: tuple[Slice, ...]
    incidents: tuple[Incident, ...]
    thresholds: Mapping[str, Threshold]
    freshness: Freshness

    @property
    def missing_hours(self) -> list[datetime]:
        """Starts of the hours without data, UTC."""
        return [hour.start for hour in self.hours if hour.missing]

    @property
    def lost_hours(self) -> list[datetime]:
        """Those of them that should have data: a quiet night is not among them."""
        return [hour.start for hour in self.hours if hour.missing and hour.expected]

    @property
    def has_traffic(self) -> bool:
        """Whether any message was scheduled, sent, cancelled or failed."""
        return self.today.total("scheduled_count", "sent_count", "cancelled_count", "failed_count") > 0


def _ratio(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
