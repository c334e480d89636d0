"""Which chart a series is drawn as. Pure."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts.bars import Part, bands, stacked_bars
from sms_monitoring.charts.lines import Stroke, duration_lines, named_lines, rate_line
from sms_monitoring.charts.specs import OUTCOMES, delivery_funnel
from sms_monitoring.digest.wording import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sms_monitoring.charts.specs import Row, Spec
    from sms_monitoring.charts.theme import Palette
    from sms_monitoring.charts.timeline import Timeline

TITLES = {
    "volume": "Messages",
    "funnel": "From scheduled to delivered",
    "delivery_rate": "Delivery rate",
    "latency": "Time from send to delivery",
    "generation_latency": "Time the LLM took",
    "llm": "LLM success rate",
    "cost": "Cost",
    "engagement": "Engagement",
}


def draw_series(timeline: Timeline, name: str, threshold: float | None) -> Spec:
    """The chart of the series ``name``, whose points are those of ``timeline``."""
    colours, points = timeline.colours, timeline.points
    if name == "volume":
        by_key = {"delivered": colours.accent, "failed": colours.bad, "unconfirmed": colours.unknown}
        return stacked_bars(timeline, [Part(key, OUTCOMES[key][0], colour) for key, colour in by_key.items()])
    if name == "cost":
        parts = [Part("sms_cost", "SMS", colours.accent), Part("llm_cost", "LLM", colours.second)]
        return stacked_bars(timeline, parts, axis_format="$~r")
    if name == "engagement":
        return _engagement(timeline)
    if name in ("latency", "generation_latency"):
        names = {"p50": "Median", "p95": "95th percentile"}
        return duration_lines(timeline, [Stroke(words, [p[key] for p in points]) for key, words in names.items()])
    return rate_line(timeline, threshold=threshold)


def draw_breakdown(timeline: Timeline, name: str, lines: Mapping[str, Sequence[Row]], threshold: float | None) -> Spec:
    """The chart of "delivery_rate" or "volume" by a dimension: points of "delivery_rate" by the name of their line."""
    field = "rate" if name == "delivery_rate" else "sent"
    strokes = [Stroke(label, [point[field] for point in points]) for label, points in lines.items()]
    return named_lines(timeline, strokes, percent=field == "rate", threshold=threshold)


def draw_funnel(stages: Sequence[Row], colours: Palette) -> Spec:
    """The digest's funnel, for the page: :func:`funnel_stages`."""
    spec = deepcopy(_empty_funnel(colours))
    # On a phone there is no room to say of what a share is; description and table do.
    rows = [{**stage, "note": stage["note"].partition(" of ")[0]} for stage in stages]
    spec["datasets"] = {spec["data"]["name"]: rows}
    most = max((stage["messages"] for stage in stages), default=0)
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"] = {"domain": [0, max(most, 1) * 2.1]}
    return spec


@cache
def _empty_funnel(colours: Palette) -> Spec:
    """Made by Altair once; what differs from day to day is put into a copy."""
    return delivery_funnel(funnel_stages([]), width="container", height=150, colours=colours)


def funnel_stages(points: Sequence[Row]) -> list[dict[str, Any]]:
    """The points of "volume" added up, as the stages that messages pass."""
    scheduled, sent, delivered, failed, unconfirmed = (
        sum(point[field] or 0 for point in points)
        for field in ("scheduled", "sent", "delivered", "failed", "unconfirmed")
    )
    return [
        _stage("Scheduled", scheduled),
        _stage("Sent", sent, scheduled, "scheduled"),
        _stage("Delivered", delivered, sent, "sent"),
        _stage("Failed", failed, sent, "sent", bad=True),
        _stage("No receipt yet", unconfirmed, sent, "sent"),
    ]


def _stage(stage: str, messages: int, whole: int = 0, of: str = "", *, bad: bool = False) -> dict[str, Any]:
    # Over 100 %, the messages were scheduled before: a share would say nothing.
    told = whole > 0 and messages <= whole
    note = f"{count(messages)} · {percent(100 * messages / whole)} of {of}" if told else count(messages)
    return {"stage": stage, "messages": messages, "note": note, "bad": bad}


def _engagement(timeline: Timeline) -> Spec:
    colours = timeline.colours
    parts = [
        Part("opt_outs", "Opt-outs", colours.bad),
        Part("daily_limit_hits", "Daily limit hits", colours.second),
        Part("quiet_hours_skips", "Held by quiet hours", colours.accent),
    ]
    captions = []
    for part in parts:
        amounts = [point[part.field] or 0 for point in timeline.points]
        captions.append(f"{part.name}: {count(sum(amounts))}, at most {count(max(amounts, default=0))} at once")
    return bands(timeline, parts, captions)
