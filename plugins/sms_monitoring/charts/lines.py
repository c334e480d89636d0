"""Charts of measures over time as lines. Pure. A step without a value leaves a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts import layers
from sms_monitoring.charts.timeline import amounts, middle, put
from sms_monitoring.digest.wording import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.charts.specs import Spec
    from sms_monitoring.charts.timeline import Timeline

# As many as a breakdown has lines, with that of the others.
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [10, 3, 2, 3], [4, 4], [12, 4], [1, 4])
# Up to so many points each has a dot.
MOST_DOTS = 31
FAR_APART = 25
MOST_LABELS = 5
_S, _MIN, _H = 1_000, 60_000, 3_600_000
_ROUND_TIMES = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(1 * _S, 2 * _S, 5 * _S, 10 * _S, 20 * _S, 30 * _S),
    *(1 * _MIN, 2 * _MIN, 5 * _MIN, 10 * _MIN, 20 * _MIN, 30 * _MIN),
    *(1 * _H, 2 * _H, 4 * _H, 8 * _H, 24 * _H, 48 * _H, 96 * _H, 240 * _H, 1000 * _H),
)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line: its name and the value of each point, in their order."""

    name: str
    values: Sequence[float | None]


def rate_line(timeline: Timeline, *, threshold: float | None) -> Spec:
    """A rate in percent with its confidence band, the alert threshold as a dashed line.

    Points below the threshold are red diamonds. Points need ``rate``, ``low`` and ``high``: percent, or None.

    :param threshold: percent below which an alert fires, or None for no line.
    """
    colours = timeline.colours
    y = _rate_axis([point["rate"] for point in timeline.points], threshold)
    rows = _alone(
        [
            {
                "mid": middle(point),
                "value": point["rate"],
                "low": point["low"],
                "high": point["high"],
                "below": threshold is not None and point["rate"] is not None and point["rate"] < threshold,
            }
            for point in timeline.points
        ]
    )
    timeline.rows("rates", rows)
    marks = [
        layers.area("rates", colours.accent_soft),
        layers.line("rates", named=False),
        layers.dots("rates", "dot", colours.accent, 24),
        layers.dots("rates", "below", colours.bad, 40, "diamond"),
    ]
    return timeline.draw(*(put(mark, y=y) for mark in [*marks, *_threshold_line(timeline, threshold)]))


def duration_lines(timeline: Timeline, strokes: Sequence[Stroke]) -> Spec:
    """A few measures of time, in milliseconds, told apart by colour and dash.

    Where they lie far apart the axis is logarithmic: what takes hours must not flatten what takes seconds.
    """
    known = [value for stroke in strokes for value in stroke.values if value is not None]
    low, high = max(1.0, min(known, default=0)), max(known, default=0)
    logarithmic = high > FAR_APART * low
    if logarithmic:
        # There is no logarithm of nothing.
        strokes = [
            Stroke(each.name, [None if value is None else max(1.0, value) for value in each.values]) for each in strokes
        ]
    colours = (timeline.colours.accent, timeline.colours.second)
    return _draw(timeline, strokes, colours, _duration_axis(low, high, logarithmic=logarithmic))


def named_lines(timeline: Timeline, strokes: Sequence[Stroke], *, percent: bool, threshold: float | None) -> Spec:
    """A line for each name: rates in percent with the alert threshold, or amounts from zero."""
    values = [value for stroke in strokes for value in stroke.values]
    most = max((value for value in values if value is not None), default=0)
    y = _rate_axis(values, threshold) if percent else amounts(most)
    extra = [put(mark, y=y) for mark in _threshold_line(timeline, threshold if percent else None)]
    return _draw(timeline, strokes, timeline.colours.series, y, extra)


def _draw(
    timeline: Timeline,
    strokes: Sequence[Stroke],
    colours: Sequence[str],
    y: dict[str, Any],
    extra: Sequence[Spec] = (),
) -> Spec:
    rows: list[dict[str, Any]] = []
    for stroke in strokes:
        rows += _alone(
            [
                {"mid": middle(point), "name": stroke.name, "value": value}
                for point, value in zip(timeline.points, stroke.values, strict=True)
            ]
        )
    timeline.rows("lines", rows)
    names = [stroke.name for stroke in strokes]
    legend = {
        # Not "width": it is known only once the legend has its place.
        "columns": {"expr": "containerSize()[0] < 520 ? 2 : 4"},
        "symbolType": "stroke",
        "symbolSize": 260,
        "symbolStrokeWidth": 2.2,
        "labelLimit": 104,
    }
    color = {"scale": {"domain": names, "range": list(colours[: len(names)])}, "legend": legend}
    dash = {"scale": {"domain": names, "range": list(DASHES[: len(names)])}, "legend": legend}
    lines = put(layers.line("lines", named=True), y=y, color=color, strokeDash=dash)
    return timeline.draw(*extra, lines, put(layers.dots("lines", "dot", None, 22), y=y, color=color))


def _threshold_line(timeline: Timeline, threshold: float | None) -> list[Spec]:
    if threshold is None:
        return []
    colours = timeline.colours
    rows = timeline.rows("threshold", [{"value": threshold, "text": f"alert below {threshold:g}%"}])
    return [
        layers.rule(rows, colours.bad, dashed=True),
        layers.caption(rows, colours.surface, dx=4, dy=10, behind=True),
        layers.caption(rows, colours.bad, dx=4, dy=10),
    ]


def _rate_axis(rates: Sequence[float | None], threshold: float | None) -> dict[str, Any]:
    known = [rate for rate in rates if rate is not None]
    lowest = min([*known, *([threshold] if threshold is not None else []), 99])
    # Room below the lowest value; the scale does not start at zero, which a line, unlike a bar, allows.
    return _axis([max(0, lowest - max(1, (100 - lowest) * 0.25)), 100], labelExpr="datum.label + '%'")


def _duration_axis(low: float, high: float, *, logarithmic: bool) -> dict[str, Any]:
    if logarithmic:
        inside: list[float] = [value for value in _ROUND_TIMES if low / 1.5 <= value <= high * 1.5]
        every = -(-len(inside) // MOST_LABELS)
        values = inside[::every] or [low]
        scale: dict[str, Any] = {"type": "log", "domain": [low / 1.5, high * 1.5], "nice": False}
    else:
        most = high * 1.08 or 1
        apart: float = next((value for value in _ROUND_TIMES if most / value <= MOST_LABELS), most)
        values = [apart * number for number in range(int(most // apart) + 1)]
        scale = {"domain": [0, most], "nice": False}
    # Vega knows no minutes and hours of a length of time.
    labels = "".join(f"datum.value === {value} ? '{_label(value)}' : " for value in values) + "''"
    return {"title": None, "scale": scale, "axis": {"values": values, "labelExpr": labels}}


def _label(value: float) -> str:
    return milliseconds(value).replace(".0 s", " s") if value else "0"


def _axis(domain: list[float], **labels: str) -> dict[str, Any]:
    scale = {"domain": domain, "nice": False, "zero": False}
    return {"title": None, "scale": scale, "axis": {"tickCount": 4, **labels}}


def _alone(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With ``dot``: where there are few points, and where one stands between two gaps, which a line does not show."""
    known = [False, *(row["value"] is not None for row in rows), False]
    few = len(rows) <= MOST_DOTS
    return [
        {**row, "dot": known[index + 1] and (few or not (known[index] or known[index + 2]))}
        for index, row in enumerate(rows)
    ]
