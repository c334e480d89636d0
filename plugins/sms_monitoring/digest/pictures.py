"""The charts of one digest: which there are, their rows, and their words for those who do not see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts import specs
from sms_monitoring.digest.model import DELIVERY_ALERT
from sms_monitoring.digest.wording import count, percent, short_date, usd

if TYPE_CHECKING:
    from sms_monitoring.digest.model import DigestData, Hour

# Drawn narrower than a full line of the mail, so that the text is still legible where a phone shrinks it.
WIDE, NARROW = 460, 276


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of the mail; ``name`` is unique in it, ``alt`` says in a sentence what the picture shows."""

    name: str
    title: str
    alt: str
    spec: specs.Spec
    width: int


def charts(data: DigestData) -> list[Chart]:
    """The charts that have something to show."""
    found = []
    if data.has_traffic:
        found += [_hourly(data), _funnel(data)]
    if any(period.delivery_rate is not None for _, period in data.trend):
        found.append(_rate(data))
    if any(period.total("llm_cost_usd") for _, period in data.trend):
        found.append(_cost(data))
    return found


def _hourly(data: DigestData) -> Chart:
    busiest = max(data.hours, key=lambda hour: hour.sent)
    rows = [
        {
            "label": data.day.label(hour.start),
            "delivered": hour.delivered,
            "failed": hour.failed,
            "unconfirmed": _unconfirmed(hour),
            "missing": hour.missing,
        }
        for hour in data.hours
    ]
    return Chart(
        name="hourly",
        title="Messages by hour",
        alt=f"Messages by hour. The busiest was {data.day.label(busiest.start)} with {count(busiest.sent)} sent.",
        spec=specs.hourly_volume(rows, width=WIDE),
        width=WIDE,
    )


def _unconfirmed(hour: Hour) -> int:
    # Failures that were never sent count too: the rest may come out below nothing.
    return max(0, hour.sent - hour.delivered - hour.failed)


def _funnel(data: DigestData) -> Chart:
    day = data.today
    stages = [
        _stage("Scheduled", day.total("scheduled_count")),
        _stage("Sent", day.total("sent_count"), day.percent("sent_count", "scheduled_count"), "scheduled"),
        _stage("Delivered", day.total("delivered_count"), day.delivery_rate, "sent"),
        _stage("Failed", day.total("failed_count"), day.percent("failed_count", "sent_count"), "sent", bad=True),
    ]
    return Chart(
        name="funnel",
        title="From scheduled to delivered",
        alt="From scheduled to delivered. " + ", ".join(f"{stage['stage']}: {stage['note']}" for stage in stages) + ".",
        spec=specs.delivery_funnel(stages, width=WIDE),
        width=WIDE,
    )


def _stage(
    stage: str, messages: float, share: float | None = None, of: str = "", *, bad: bool = False
) -> dict[str, Any]:
    # Over 100 %, the messages were scheduled on another day: a share would say nothing.
    told = share is not None and share <= 100
    note = f"{count(messages)} · {percent(share)} of {of}" if told else count(messages)
    return {"stage": stage, "messages": messages, "note": note, "bad": bad}


def _rate(data: DigestData) -> Chart:
    rates = [(date, period.delivery_rate) for date, period in data.trend]
    rows = [{"date": str(date), "rate": rate} for date, rate in rates]
    worst, when = min((rate, date) for date, rate in rates if rate is not None)
    threshold = data.thresholds.get(DELIVERY_ALERT)
    return Chart(
        name="rate",
        title="Delivery rate",
        alt=f"Delivery rate by day over 14 days. The lowest was {percent(worst)} on {short_date(when)}.",
        spec=specs.delivery_rate(rows, threshold=threshold.value if threshold else None, width=NARROW),
        width=NARROW,
    )


def _cost(data: DigestData) -> Chart:
    costs = [(date, period.daily("llm_cost_usd")) for date, period in data.trend]
    most, when = max((cost, date) for date, cost in costs if cost is not None)
    return Chart(
        name="cost",
        title="LLM cost",
        alt=f"LLM cost by day over 14 days. The highest was {usd(most)} on {short_date(when)}.",
        spec=specs.llm_cost([{"date": str(date), "cost": cost} for date, cost in costs], width=NARROW),
        width=NARROW,
    )
