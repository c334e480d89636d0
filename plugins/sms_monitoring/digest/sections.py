"""What the digest's tables say: each line with its value, the two comparisons, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_monitoring.digest.compare import Better, Change, compare
from sms_monitoring.digest.model import Period
from sms_monitoring.digest.wording import DASH, count, milliseconds, percent, usd

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.digest.model import DigestData

COSTS = ("llm_cost_usd", "sms_cost_usd")
GENERATED = ("llm_success_count", "template_fallback_count")
# Percentiles come from a histogram whose buckets are 5 % wide: one bucket up or down is no news.
BUCKET = 5.1


@dataclass(frozen=True, slots=True)
class Metric:
    """One line: how its value comes from a period, how it is written, and which way it should go.

    :param noise: a change of at most this many percent is not told.
    """

    label: str
    value: Callable[[Period], float | None]
    write: Callable[[float | None], str]
    better: Better = Better.NEITHER
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its numbers in words; ``*_change`` is None where there is nothing to compare with."""

    label: str
    value: str
    before: str
    before_change: Change | None
    week: str
    week_change: Change | None

    @property
    def known(self) -> bool:
        """Whether there is any number on it."""
        return {self.value, self.before, self.week} != {DASH}


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of lines."""

    title: str
    lines: tuple[Line, ...]


def _daily(label: str, metric: str, better: Better = Better.NEITHER) -> Metric:
    return Metric(label, lambda period: period.daily(metric), count, better)


def _p50(label: str, metric: str) -> Metric:
    return Metric(label, lambda period: period.p50.get(metric), milliseconds, Better.LOWER, BUCKET)


def _p95(label: str, metric: str) -> Metric:
    return Metric(label, lambda period: period.p95.get(metric), milliseconds, Better.LOWER, BUCKET)


def _users_percent(label: str, metric: str, better: Better) -> Metric:
    def value(period: Period) -> float | None:
        share = period.per_user(metric)
        return None if share is None else 100 * share

    return Metric(label, value, percent, better)


# Volumes and total costs go with traffic, so neither direction is good or bad; rates, times, failures and
# costs per user or message are judged.
DELIVERY_RATE = Metric("Delivery rate", lambda period: period.delivery_rate, percent, Better.HIGHER)
SENT = _daily("Sent", "sent_count")
ACTIVE_USERS = Metric("Active users", lambda period: period.active_users, count)
TOTAL_COST = Metric("Total cost", lambda period: period.daily(*COSTS), usd)

SECTIONS: dict[str, tuple[Metric, ...]] = {
    "Delivery": (
        _daily("Scheduled", "scheduled_count"),
        SENT,
        _daily("Delivered", "delivered_count"),
        _daily("Failed", "failed_count", Better.LOWER),
        _daily("Cancelled", "cancelled_count"),
        DELIVERY_RATE,
        _p50("Delivery time, median", "avg_delivery_time_ms"),
        _p95("95% delivered within", "avg_delivery_time_ms"),
    ),
    "LLM quality": (
        Metric("LLM success rate", lambda p: p.percent("llm_success_count", *GENERATED), percent, Better.HIGHER),
        _daily("Written by the LLM", "llm_success_count"),
        _daily("Template fallbacks", "template_fallback_count", Better.LOWER),
        _p50("Generation time, median", "avg_generation_time_ms"),
        _p95("95% generated within", "avg_generation_time_ms"),
    ),
    "Cost": (
        TOTAL_COST,
        Metric("LLM", lambda p: p.daily("llm_cost_usd"), usd),
        Metric("Carriers", lambda p: p.daily("sms_cost_usd"), usd),
        Metric("Per active user", lambda p: p.per_user(*COSTS), usd, Better.LOWER),
        Metric("LLM per active user", lambda p: p.per_user("llm_cost_usd"), usd, Better.LOWER),
        Metric("Per message sent", lambda p: p.per_sent(*COSTS), usd, Better.LOWER),
    ),
    "Engagement": (
        ACTIVE_USERS,
        _daily("Opt-outs", "opt_out_count", Better.LOWER),
        _users_percent("Opt-out rate", "opt_out_count", Better.LOWER),
        _daily("Quiet-hours skips", "quiet_hours_skip_count"),
        Metric("Quiet-hours rate", lambda p: p.percent("quiet_hours_skip_count", "scheduled_count"), percent),
        _daily("Daily-limit hits", "daily_limit_hit_count", Better.LOWER),
        _users_percent("Daily-limit rate", "daily_limit_hit_count", Better.LOWER),
    ),
}


def line(metric: Metric, data: DigestData) -> Line:
    """One metric of the day beside the day before and the average of the week."""
    today, before, week = (metric.value(period) for period in (data.today, data.before, data.week))

    def change(baseline: float | None) -> Change | None:
        return compare(today, baseline, better=metric.better, points=metric.write is percent, noise=metric.noise)

    return Line(
        label=metric.label,
        value=metric.write(today),
        before=metric.write(before),
        before_change=change(before),
        week=metric.write(week),
        week_change=change(week),
    )


def sections(data: DigestData) -> list[Section]:
    """The tables of the digest, in their order; one without any number is left out."""
    tables = (Section(title, tuple(line(metric, data) for metric in metrics)) for title, metrics in SECTIONS.items())
    return [table for table in tables if any(each.known for each in table.lines)]


def tiles(data: DigestData) -> list[Line]:
    """The four numbers at the top; none on a day without traffic."""
    return [line(metric, data) for metric in (DELIVERY_RATE, SENT, TOTAL_COST, ACTIVE_USERS) if data.has_traffic]
