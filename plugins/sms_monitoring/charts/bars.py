"""Charts of amounts over time: bars stacked by kind, and bands of bars one above the other. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts import layers
from sms_monitoring.charts.timeline import amounts, ms, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.charts.specs import Row, Spec
    from sms_monitoring.charts.timeline import Timeline

# Above so many bars the space between them is less than a pixel of a phone.
MOST_APART = 100
SPACE = 0.12
CAPTION = 26


@dataclass(frozen=True, slots=True)
class Part:
    """A part of every bar: the ``field`` of a point that holds it, its name and its colour."""

    field: str
    name: str
    colour: str


def stacked_bars(timeline: Timeline, parts: Sequence[Part], *, axis_format: str | None = None) -> Spec:
    """A bar for each step, stacked from the first of ``parts`` up. Of a point, None in a part is nothing.

    :param axis_format: how amounts are written, in d3's notation; None: as counts.
    """
    rows = []
    for point in timeline.points:
        below = 0.0
        for part in parts:
            amount = point[part.field] or 0
            if amount:
                rows.append({**_sides(timeline, point), "low": below, "high": below + amount, "part": part.name})
            below += amount
    most = max((row["high"] for row in rows), default=0)
    y = amounts(most)
    if axis_format:
        y["axis"] = {"tickCount": 4, "format": axis_format}
    scale = {"domain": [part.name for part in parts], "range": [part.colour for part in parts]}
    return timeline.draw(put(layers.bars(timeline.rows("bars", rows)), y=y, color={"scale": scale}))


def bands(timeline: Timeline, parts: Sequence[Part], captions: Sequence[str]) -> Spec:
    """A band of bars for each of ``parts``, each with a scale of its own and its caption above it."""
    marks = []
    height = timeline.height / len(parts)
    for number, (part, caption) in enumerate(zip(parts, captions, strict=True)):
        top, bottom = number * height + CAPTION, (number + 1) * height
        most = max((point[part.field] or 0 for point in timeline.points), default=0) or 1
        y = {"axis": None, "scale": {"domain": [0, most], "range": [bottom, top], "nice": False}}
        rows = [
            {**_sides(timeline, point), "low": 0, "high": point[part.field]}
            for point in timeline.points
            if point[part.field]
        ]
        timeline.rows(f"bars{number}", rows)
        timeline.rows(f"floor{number}", [{"value": 0}])
        timeline.rows(f"caption{number}", [{"value": most, "text": caption}])
        marks += [
            put(layers.rule(f"floor{number}", timeline.colours.faint, dashed=False), y=y),
            put(layers.bars(f"bars{number}", part.colour), y=y),
            put(layers.caption(f"caption{number}", timeline.colours.muted, dy=-11), y=y),
        ]
    return timeline.draw(*marks, own_scales=True)


def _sides(timeline: Timeline, point: Row) -> dict[str, Any]:
    """From where to where a bar goes, with a little space to the next where there is room."""
    begin, end = ms(point["at"]), ms(point["until"])
    half = round((end - begin) * SPACE / 2) if len(timeline.points) <= MOST_APART else 0
    return {"from": begin + half, "to": end - half, "partial": point["partial"]}
