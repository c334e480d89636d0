"""What ``/daily``, ``/user``, ``/today`` and ``/summary`` answer: the guide's keys and types.

A rate is null on a day with nothing to divide by: nothing sent, nothing generated.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from sms_monitoring.api.models.alerts import Alert


class Day(BaseModel):
    """One UTC day of the whole system, as ``sms_metrics_daily`` was last refreshed."""

    metric_date: date
    scheduled_count: int
    sent_count: int
    delivered_count: int
    failed_count: int
    delivery_rate_percent: float | None
    llm_success_count: int
    template_fallback_count: int
    llm_success_rate_percent: float | None
    active_users: int

    @classmethod
    def empty(cls, day: date) -> Day:
        """A day of which nothing is known yet: zeros, and null rates."""
        return cls(
            metric_date=day,
            scheduled_count=0,
            sent_count=0,
            delivered_count=0,
            failed_count=0,
            delivery_rate_percent=None,
            llm_success_count=0,
            template_fallback_count=0,
            llm_success_rate_percent=None,
            active_users=0,
        )


class DateRange(BaseModel):
    """The days asked for, both included."""

    start: date
    end: date


class Daily(BaseModel):
    """Days, the newest first; a day without any metric is left out."""

    success: Literal[True] = True
    data: list[Day]
    date_range: DateRange


class UserDay(BaseModel):
    """One UTC day of one user."""

    metric_date: date
    scheduled_count: int
    sent_count: int
    delivered_count: int
    failed_count: int
    cancelled_count: int
    delivery_rate_percent: float | None
    llm_success_count: int
    template_fallback_count: int
    llm_success_rate_percent: float | None
    llm_cost_usd: float
    sms_cost_usd: float


class UserSummary(BaseModel):
    """Totals over the days asked for."""

    total_scheduled: int
    total_sent: int
    total_delivered: int
    total_failed: int
    delivery_rate_percent: float | None
    total_llm_cost_usd: str
    """US dollars with four decimals."""
    days: int
    """As asked for, with metrics or without."""


class UserMetrics(BaseModel):
    """One user's days, the newest first, and their totals. Retention keeps the days of a user for 90 days."""

    metrics: list[UserDay]
    summary: UserSummary


class User(BaseModel):
    """The metrics of one user."""

    success: Literal[True] = True
    data: UserMetrics
    user_id: str


class RateHealth(BaseModel):
    """False where an incident of the rate is open, or today's rate is past its threshold with enough sample.

    Nothing sent or generated so far, or a threshold that is disabled, is no fault.
    """

    delivery_healthy: bool
    llm_healthy: bool
    overall_healthy: bool


class TodaySnapshot(BaseModel):
    """Today (UTC) so far, as of the newest complete hour; zeros and null rates before the day's first."""

    metric_date: date
    scheduled_count: int
    sent_count: int
    delivered_count: int
    delivery_rate_percent: float | None
    llm_success_rate_percent: float | None
    active_users: int
    health: RateHealth


class Today(BaseModel):
    """Today at a glance."""

    success: Literal[True] = True
    data: TodaySnapshot


class WeekTotals(BaseModel):
    """Sums over seven days."""

    scheduled: int
    sent: int
    delivered: int
    failed: int
    llmCost: float
    """US dollars."""


class Week(BaseModel):
    """The last seven UTC days, today included."""

    totals: WeekTotals
    delivery_rate_percent: float | None
    llm_success_rate_percent: float | None
    avg_daily_cost_usd: str
    """LLM cost of a seventh of it, in US dollars with four decimals."""


class OpenAlerts(BaseModel):
    """The alerts that are not resolved; ``recent`` are the newest five of them."""

    unresolved_count: int
    has_critical: bool
    recent: list[Alert]


class SystemHealth(RateHealth):
    """``alerts_healthy``: no critical alert is open. ``status`` needs attention where any other one is."""

    alerts_healthy: bool
    status: Literal["healthy", "attention", "critical"]


class SummaryData(BaseModel):
    """Today, the week, the alerts, and what they come to."""

    today: Day
    week: Week
    alerts: OpenAlerts
    health: SystemHealth


class Summary(BaseModel):
    """The whole system in one answer; ``timestamp`` is when it was read, UTC, with milliseconds."""

    success: Literal[True] = True
    data: SummaryData
    timestamp: str
