"""The chart of a threshold replay: one view, five bands above one time axis. Pure, like :mod:`.specs`."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts.specs import Row, Spec, Width, finish
from sms_monitoring.charts.theme import PAPER, Palette

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import altair as alt

    # A column of times, as the position on the one axis.
    TimeAxis = Callable[[str], alt.X]

# Pixels from the top: of each band its caption, then where it begins and ends.
HEIGHT = 348
VALUE, SAMPLE = (24, 186), (220, 250)
STRIPS = (278, 308, 338)
CAPTION_ABOVE = 13
# More points than this no screen can tell apart; they are put together.
MOST_POINTS = 750
SHORT_RANGE_POINTS = 4 * 24
# The points are put beside the layers, not into them: Altair copies and checks what is inside, over and over.
POINTS = "points"


def replay_chart(
    points: Sequence[Row],
    *,
    start: str,
    end: str,
    unit: str,
    operator: str,
    current: float,
    proposed: float,
    firings: Sequence[Row],
    firings_now: Sequence[Row],
    incidents: Sequence[Row],
    width: Width = 560,
    colours: Palette = PAPER,
) -> Spec:
    """What was judged over time, both thresholds, what they would have fired for, and the incidents that are known.

    :param points: one an hour: ``at`` (ISO, with zone), ``value`` (None: could not be judged), ``sample`` (None: no
        data).
    :param start: the time axis, ISO with zone, to ``end``.
    :param operator: how a value is compared with the thresholds: "<", "<=", ">" or ">=".
    :param firings: of the proposed threshold: ``start``, ``end``, ``new`` (bool: no incident is known).
    :param firings_now: of the current threshold: ``start``, ``end``.
    :param incidents: ``start``, ``end``, ``caught`` (bool).
    """
    import altair as alt

    bins = _mark_alone([_put_together(each) for each in _in_bins(points)])
    missing = _without_data(bins, start)
    pattern = "%-d %b %H:%M" if len(points) <= SHORT_RANGE_POINTS else "%-d %b"
    scale = alt.Scale(type="utc", domain=[start, end])
    axis = alt.Axis(format=pattern, tickCount=6, labelFlush=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:T", title=None, scale=scale, axis=axis)

    sign = operator.replace("<=", "≤").replace(">=", "≥")
    labels = {
        "now": f"now {sign} {current:g} {unit}".rstrip(),
        "proposed": f"proposed {sign} {proposed:g} {unit}".rstrip(),
    }
    bands = [
        _value_band(
            bins,
            x,
            unit=unit,
            current=current,
            proposed=proposed,
            labels=labels,
            shaded=firings,
            missing=missing,
            colours=colours,
        ),
        _sample_band(bins, x, colours),
        *_strip(
            STRIPS[0],
            "Fires as proposed" + _hollow(firings, "new", True, "no known incident"),
            x,
            firings,
            "new",
            colours.bad,
            colours,
        ),
        *_strip(STRIPS[1], "Fires as it is now", x, firings_now, None, colours.muted, colours),
        *_strip(
            STRIPS[2],
            "Known incidents" + _hollow(incidents, "caught", False, "missed as proposed"),
            x,
            [{**row, "missed": not row["caught"]} for row in incidents],
            "missed",
            colours.ink,
            colours,
        ),
        *_captions(bins, unit, colours, gaps=bool(missing)),
    ]
    spec = finish(alt.layer(*bands).resolve_scale(y="independent"), width, HEIGHT, colours)
    spec["datasets"] = {**spec.get("datasets", {}), POINTS: bins}
    return spec


def _value_band(
    bins: Sequence[Row],
    x: TimeAxis,
    *,
    unit: str,
    current: float,
    proposed: float,
    labels: Row,
    shaded: Sequence[Row],
    missing: Sequence[Row],
    colours: Palette,
) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    known = [row for row in bins if row["mean"] is not None]
    ends = [*(row[name] for row in known for name in ("low", "high")), current, proposed]
    room = (max(ends) - min(ends) or 1) * 0.1
    domain = [min(ends) - room, max(ends) + room]
    # Room must not suggest that there could be less than nothing, or more than all.
    domain[0] = max(0, domain[0]) if min(ends) >= 0 else domain[0]
    domain[1] = min(100, domain[1]) if unit == "%" and max(ends) <= 100 else domain[1]
    scale = alt.Scale(domain=domain, range=[VALUE[1], VALUE[0]], nice=False, zero=False)
    axis = alt.Axis(tickCount=4, labelExpr=f"datum.label + {json.dumps(_sign_of(unit))}")
    y, low = (alt.Y(f"{name}:Q", title=None, scale=scale, axis=axis) for name in ("mean", "low"))
    base = alt.Chart(alt.NamedData(name=POINTS)).encode(x=x("at"))
    layers: list[alt.Chart] = [
        _band(missing, colours.faint, x, VALUE),
        _band(shaded, colours.bad, x, VALUE, opacity=0.16),
        base.mark_area(color=colours.accent_soft, opacity=0.7).encode(y=low, y2="high:Q"),
        base.mark_line(strokeWidth=1.4, strokeJoin="round").encode(y=y),
        base.transform_filter("datum.alone")
        .mark_point(filled=True, size=14, opacity=1, color=colours.accent)
        .encode(y=y),
    ]
    return alt.layer(*layers, *_threshold_lines(y, current, proposed, labels, colours))


def _threshold_lines(y: alt.Y, current: float, proposed: float, labels: Row, colours: Palette) -> list[alt.Chart]:
    """Both thresholds, their labels side by side on the far side of them, where the line seldom is."""
    import altair as alt

    below = labels["proposed"].split()[1] in "<≤"
    drawn = [(proposed, labels["proposed"], colours.bad, [5, 4])]
    if current == proposed:
        drawn = [(proposed, labels["proposed"] + ", as now", colours.bad, [5, 4])]
    else:
        drawn.append((current, labels["now"], colours.muted, [2, 3]))
    far = alt.Chart(alt.InlineData(values=[{"mean": (min if below else max)(current, proposed)}])).encode(
        x=alt.value(0), y=y
    )
    layers, dx = [], 4.0
    for value, text, color, dash in drawn:
        line = alt.Chart(alt.InlineData(values=[{"mean": value}])).encode(y=y)
        layers.append(line.mark_rule(color=color, strokeDash=dash, strokeWidth=1.5))
        words = {"align": "left", "dx": dx, "dy": 10 if below else -9, "fontSize": 11, "text": text}
        # First broad, as the background: a line behind the words must not strike them out.
        layers += [_text(far, **words, color=colours.surface, stroke=colours.surface, strokeWidth=4, opacity=0.85)]
        layers += [_text(far, **words, color=color)]
        dx += 6 * len(text) + 8
    return layers


def _text(chart: alt.Chart, **properties: Any) -> alt.Chart:
    marked: alt.Chart = chart.mark_text(**properties)
    return marked


def _sample_band(bins: Sequence[Row], x: TimeAxis, colours: Palette) -> alt.Chart:
    import altair as alt

    most = max((row["sample"] or 0 for row in bins), default=0) or 1
    # Roots, so that one busy hour does not make all others look empty.
    scale = alt.Scale(type="sqrt", domain=[0, most], range=[SAMPLE[1], SAMPLE[0]], nice=False)
    chart: alt.Chart = (
        alt.Chart(alt.NamedData(name=POINTS))
        .mark_area(color=colours.unknown, interpolate="step", line=False)
        .encode(x=x("at"), y=alt.Y("size:Q", scale=scale, axis=None))
    )
    return chart


def _strip(
    top: int, caption: str, x: TimeAxis, spans: Sequence[Row], hollow: str | None, color: str, colours: Palette
) -> list[alt.Chart]:
    """A caption, and below it a bar from the beginning of each span to its end, with a dot where it begins."""
    import altair as alt

    middle = top + 4
    track = (
        alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=colours.faint, strokeWidth=1).encode(y=alt.value(middle))
    )
    rows = [{**row, "hollow": bool(hollow and row[hollow])} for row in spans]
    data = alt.Chart(alt.InlineData(values=rows))
    bars = _band(spans, color, x, (middle - 2, middle + 2))
    dots = data.mark_point(filled=True, size=46, opacity=1, stroke=color, strokeWidth=1.4).encode(
        x=x("start"),
        y=alt.value(middle),
        fill=alt.condition("datum.hollow", alt.value(colours.surface), alt.value(color)),
    )
    return [track, bars, dots, _caption(top, caption, colours)]


def _band(spans: Sequence[Row], color: str, x: TimeAxis, across: tuple[int, int], opacity: float = 1) -> alt.Chart:
    """A rectangle from the beginning of each span to its end."""
    import altair as alt

    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=[dict(row) for row in spans]))
        .mark_rect(color=color, opacity=opacity, clip=True)
        .encode(
            x=x("start"),
            x2="end:T",
            y=alt.value(across[0]),
            y2=alt.value(across[1]),
        )
    )
    return chart


def _captions(bins: Sequence[Row], unit: str, colours: Palette, *, gaps: bool) -> list[alt.Chart]:
    most = max((row["sample"] or 0 for row in bins), default=0)
    what = "Value judged each hour" + (f" ({unit})" if unit != _sign_of(unit) else "")
    missing = "; grey: no data" if gaps else ""
    return [
        _caption(VALUE[0] - 4, f"{what}; red: fires as proposed{missing}", colours),
        _caption(SAMPLE[0] - 2, f"Sample behind it, up to {most:,}", colours),
    ]


def _caption(top: int, text: str, colours: Palette) -> alt.Chart:
    import altair as alt

    here = alt.Chart(alt.InlineData(values=[{}])).encode(x=alt.value(0), y=alt.value(top - 3))
    return _text(here, align="left", baseline="bottom", color=colours.muted, fontSize=11, text=text)


def _sign_of(unit: str) -> str:
    """The unit as short as an axis needs it: "×" of "× a usual day"."""
    return unit.partition(" ")[0]


def _hollow(rows: Sequence[Row], name: str, value: bool, meaning: str) -> str:
    """What a hollow dot means, where there is one."""
    return f" · ○ {meaning}" if any(row[name] is value for row in rows) else ""


def _in_bins(points: Sequence[Row]) -> list[Sequence[Row]]:
    hours = -(-len(points) // MOST_POINTS) or 1
    return [points[first : first + hours] for first in range(0, len(points), hours)]


def _put_together(points: Sequence[Row]) -> dict[str, Any]:
    values = [point["value"] for point in points if point["value"] is not None]
    samples = [point["sample"] for point in points if point["sample"] is not None]
    return {
        "at": points[-1]["at"],
        "from": points[0]["at"],
        "mean": round(sum(values) / len(values), 4) if values else None,
        "low": min(values, default=None),
        "high": max(values, default=None),
        "sample": max(samples, default=None),
        "size": max(samples, default=0),
    }


def _mark_alone(bins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those between two gaps, which a line does not show."""
    known = [False, *(row["mean"] is not None for row in bins), False]
    return [
        {**row, "alone": known[index + 1] and not known[index] and not known[index + 2]}
        for index, row in enumerate(bins)
    ]


def _without_data(bins: Sequence[Row], start: str) -> list[dict[str, Any]]:
    """The spans of time without any."""
    begins = [start, *(row["at"] for row in bins)]
    spans = []
    for empty, group in groupby(enumerate(bins), key=lambda each: each[1]["sample"] is None):
        rows = list(group)
        if empty:
            spans.append({"start": begins[rows[0][0]], "end": rows[-1][1]["at"]})
    return spans
