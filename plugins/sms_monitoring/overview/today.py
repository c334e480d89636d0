"""Today so far beside the same hours a week ago. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sms_monitoring.digest.compare import compare
from sms_monitoring.overview.rates import percent

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

WEEK = timedelta(days=7)
# (hour, metric type) → sum of the hour.
Sums = Mapping[tuple[datetime, str], float]
Better = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One number of today. All of it is None where not known.

    :param value: over today's complete hours; ``last_week``: over the same hours a week ago.
    :param change_percent: from ``last_week`` to ``value``, relative, also of a rate.
    :param good: which way the number should go; None: neither way is better.
    """

    key: str
    label: str
    unit: str
    value: float | None
    last_week: float | None
    change_percent: float | None
    good: Better | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Today's numbers, over ``hours`` complete hours."""

    hours: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What an item shows: a function of sums, and the metric types it is made of."""

    key: str
    label: str
    unit: str
    metrics: tuple[str, ...]
    of: Callable[..., float | None]
    good: Better | None = None


def _sum(value: float) -> float:
    return round(value, 6)


def _llm_success(llm: float, fallback: float) -> float | None:
    return percent(llm, llm + fallback)


SENT, DELIVERED = "sent_count", "delivered_count"
DURATION = "avg_delivery_time_ms"
MEASURES = (
    Measure("sent", "Sent", "messages", (SENT,), _sum),
    Measure("delivery_rate", "Delivery rate", "%", (DELIVERED, SENT), percent, "up"),
    Measure("failed", "Failed", "messages", ("failed_count",), _sum, "down"),
    Measure(
        "llm_success_rate",
        "Written by the LLM",
        "%",
        ("llm_success_count", "template_fallback_count"),
        _llm_success,
        "up",
    ),
    Measure("llm_cost", "LLM cost", "USD", ("llm_cost_usd",), _sum, "down"),
    Measure("sms_cost", "SMS cost", "USD", ("sms_cost_usd",), _sum, "down"),
    Measure("opt_outs", "Opt-outs", "people", ("opt_out_count",), _sum, "down"),
)
METRICS = sorted({metric for measure in MEASURES for metric in measure.metrics} | {DURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Which hours are complete, by metric type: today's, and those a week before."""

    today: Mapping[str, AbstractSet[datetime]]
    last_week: Mapping[str, AbstractSet[datetime]]

    def hours(self, *metrics: str) -> list[datetime]:
        """Today's hours that are complete for all of ``metrics``."""
        return sorted(set.intersection(*(set(self.today.get(metric, ())) for metric in metrics)))

    def has_last_week(self, hours: list[datetime], *metrics: str) -> bool:
        """Whether all these hours of today were complete a week before, too."""
        return all(hour - WEEK in self.last_week.get(metric, ()) for metric in metrics for hour in hours)


def describe(known: Known, sums: Sums, p95: tuple[float | None, float | None]) -> Today:
    """The items in the order of the page.

    :param p95: 95th percentile of the delivery time in milliseconds, today and a week before, over the same hours.
    """
    items = [_item(measure, known, sums) for measure in MEASURES]
    items.insert(3, _p95(known, *p95))
    return Today(hours=len(known.hours(SENT)), items=tuple(items))


def _item(measure: Measure, known: Known, sums: Sums) -> Item:
    hours = known.hours(*measure.metrics)
    value = last_week = None
    if hours:
        value = measure.of(*_totals(measure, hours, sums))
        if known.has_last_week(hours, *measure.metrics):
            last_week = measure.of(*_totals(measure, [hour - WEEK for hour in hours], sums))
    return _compared(measure.key, measure.label, measure.unit, value, last_week, measure.good)


def _totals(measure: Measure, hours: list[datetime], sums: Sums) -> list[float]:
    return [sum(sums.get((hour, metric), 0.0) for hour in hours) for metric in measure.metrics]


def _p95(known: Known, value: float | None, last_week: float | None) -> Item:
    if not known.has_last_week(known.hours(DURATION), DURATION):
        last_week = None
    return _compared("delivery_time_p95", "Delivery time, 95th percentile", "ms", value, last_week, "down")


def _compared(
    key: str, label: str, unit: str, value: float | None, last_week: float | None, good: Better | None
) -> Item:
    change = compare(value, last_week)
    return Item(
        key=key,
        label=label,
        unit=unit,
        value=value,
        last_week=last_week,
        change_percent=round(change.delta, 1) if change and change.delta is not None else None,
        good=good,
    )
