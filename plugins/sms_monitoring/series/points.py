"""From sums and percentiles to points: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sms_monitoring.alerts.statistics import wilson_bounds
from sms_monitoring.series.span import iso
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from decimal import Decimal

    from sms_monitoring.series.model import Kind, Point
    from sms_monitoring.series.span import Span

    # Metric type → its sum in one step.
    Sums = Mapping[str, Decimal]

# Two-sided 95 %: each of the two bounds leaves out 2.5 %.
BAND_CONFIDENCE = 0.975


def points_of(
    kind: Kind,
    span: Span,
    values: Mapping[datetime, Mapping[str, Any]],
    known_hours: Mapping[datetime, int],
) -> list[Point]:
    """The points of a series.

    :param values: beginning of a step → metric type → sum; of durations, the numbers ``p50``, ``p95``, ``sample``.
    :param known_hours: beginning of a step → how many of its hours were aggregated. Rows count as known, too.
    """
    return [
        _frame(span, at, until, known_hours.get(at, 0), at in values)
        | numbers_of(kind, values.get(at, {}), known=known_hours.get(at, 0) > 0 or at in values)
        for at, until in span.steps()
    ]


def numbers_of(kind: Kind, values: Mapping[str, Any], *, known: bool) -> dict[str, Any]:
    """The numbers of one point; all None where nothing is ``known``."""
    return _NUMBERS[kind.name](values) if known else dict.fromkeys(kind.fields)


def _frame(span: Span, at: datetime, until: datetime, known: int, has_rows: bool) -> Point:
    hours = (until - at) // HOUR
    unknown = max(0, hours - known) if known or not has_rows else 0
    state = "ok"
    if not (known or has_rows):
        state = "pending" if span.current and until == span.end and hours == 1 else "missing"
    return {
        "at": iso(at),
        "until": iso(until),
        "partial": until - at < span.step,
        "state": state,
        "hours_missing": unknown,
    }


def _volume(sums: Sums) -> dict[str, Any]:
    scheduled, sent, delivered, failed = (
        int(sums.get(f"{name}_count", 0)) for name in ("scheduled", "sent", "delivered", "failed")
    )
    return {
        "scheduled": scheduled,
        "sent": sent,
        "delivered": delivered,
        "failed": failed,
        # Failures that were never sent count too: the rest may come out below nothing.
        "unconfirmed": max(0, sent - delivered - failed),
    }


def _delivery_rate(sums: Sums) -> dict[str, Any]:
    sent, delivered = (int(sums.get(name, 0)) for name in ("sent_count", "delivered_count"))
    return {**share(delivered, sent), "sent": sent, "delivered": delivered}


def _llm(sums: Sums) -> dict[str, Any]:
    llm, fallback = (int(sums.get(name, 0)) for name in ("llm_success_count", "template_fallback_count"))
    return {**share(llm, llm + fallback), "llm": llm, "fallback": fallback}


def _cost(sums: Sums) -> dict[str, Any]:
    # To the millionth of a dollar: sums of decimals that are sent as floats.
    return {name: round(float(sums.get(f"{name}_usd", 0)), 6) for name in ("llm_cost", "sms_cost")}


def _engagement(sums: Sums) -> dict[str, Any]:
    names = {"opt_out": "opt_outs", "quiet_hours_skip": "quiet_hours_skips", "daily_limit_hit": "daily_limit_hits"}
    return {name: int(sums.get(f"{metric}_count", 0)) for metric, name in names.items()}


def _duration(values: Mapping[str, Any]) -> dict[str, Any]:
    p50, p95 = (None if values.get(name) is None else float(values[name]) for name in ("p50", "p95"))
    return {"p50": p50, "p95": p95, "sample": int(values.get("sample", 0))}


def share(part: int, whole: int) -> dict[str, float | None]:
    """``rate``, in percent, and the 95 % band ``low`` to ``high`` around it; None of nothing.

    What applications record by themselves may be more than all: that counts as all.
    """
    if whole < 1:
        return {"rate": None, "low": None, "high": None}
    rate = min(1.0, part / whole)
    low, high = wilson_bounds(rate, whole, BAND_CONFIDENCE)
    # Rounding makes the bounds of all, and of none, miss them by a hair.
    return {
        "rate": round(100 * rate, 3),
        "low": round(100 * min(low, rate), 3),
        "high": round(100 * max(high, rate), 3),
    }


_NUMBERS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "volume": _volume,
    "delivery_rate": _delivery_rate,
    "latency": _duration,
    "generation_latency": _duration,
    "llm": _llm,
    "cost": _cost,
    "engagement": _engagement,
}
