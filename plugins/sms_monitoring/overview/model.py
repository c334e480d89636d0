"""What the overview is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sms_monitoring.timeframe import HOUR

# An hour is normally in the tables some minutes after it is over; one hour's delay is not worth a word.
STALE_AFTER = timedelta(hours=2)


class Status(StrEnum):
    """How things stand."""

    HEALTHY = "healthy"
    ATTENTION = "attention"
    CRITICAL = "critical"
    STALE = "stale"
    """The numbers are old: what they say may be over, or there may be worse."""
    NO_DATA = "no_data"
    UNKNOWN = "unknown"
    """The database does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """The status, one sentence for it, and what is behind it."""

    status: Status
    headline: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyHour:
    """The newest hour that a metric family has aggregated since it was over, and when it did."""

    family: str
    newest_hour: datetime
    aggregated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the numbers reach.

    :param families: those that ever aggregated an hour.
    :param view_refreshed_at: when ``sms_metrics_daily`` last was.
    :param paused: whether the DAG is; None where Airflow does not know it.
    """

    now: datetime
    families: tuple[FamilyHour, ...] = ()
    view_refreshed_at: datetime | None = None
    paused: bool | None = None

    @property
    def newest_hour(self) -> datetime | None:
        """Start of the newest complete hour of any family."""
        return max((each.newest_hour for each in self.families), default=None)

    @property
    def aggregated_at(self) -> datetime | None:
        """When any family last aggregated its newest hour."""
        return max((each.aggregated_at for each in self.families), default=None)

    @property
    def hours_behind(self) -> int | None:
        """Whole hours since the newest complete hour was over."""
        return None if self.newest_hour is None else self._behind(self.newest_hour)

    @property
    def stale(self) -> bool:
        """Whether the numbers are older than they ever are when all goes well; not where there are none at all."""
        return self.newest_hour is not None and self._is_late(self.newest_hour)

    @property
    def late_families(self) -> tuple[FamilyHour, ...]:
        """The families that lag behind while others do not."""
        return () if self.stale else tuple(each for each in self.families if self._is_late(each.newest_hour))

    def _is_late(self, hour: datetime) -> bool:
        return self.now - (hour + HOUR) >= STALE_AFTER

    def _behind(self, hour: datetime) -> int:
        return max(0, (self.now - (hour + HOUR)) // HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Messages of one carrier or campaign since an incident began, and how many of them went as they should not.

    :param bad: not delivered; of the LLM: fell back to a template.
    """

    dimension: str
    name: str
    total: int
    bad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An incident that is open.

    :param title: what is wrong, in a few words.
    :param since: when it began: the start of the newest hour that was judged when it did.
    :param no_data: it is about missing data, not about a bad number.
    :param slices: by carrier and campaign, where the alert is about messages.
    :param limit: the share of bad messages, 0 to 1, that the alert tolerates; None where it is not about shares.
    """

    alert_type: str
    title: str
    entity: str
    severity: str
    since: datetime
    message: str
    acknowledged_by: str | None = None
    no_data: bool = False
    slices: tuple[Slice, ...] = ()
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the banner speaks of.

    :param trouble: what is wrong with the quality of the data, in a sentence; None: nothing is known to be.
    :param trouble_is_critical: alerts do not judge the newest hour, or a critical check failed.
    :param sent: messages sent today, in the hours that are complete; ``delivered``: those of them delivered.
    :param rate_is_bad: today's delivery rate is past its threshold.
    """

    freshness: Freshness
    incidents: tuple[OpenIncident, ...] = ()
    trouble: str | None = None
    trouble_is_critical: bool = False
    sent: int = 0
    delivered: int = 0
    rate_is_bad: bool = False
