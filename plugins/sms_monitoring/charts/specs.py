"""The charts: rows in, Vega-Lite specification out. Pure; the data stands in the specification.

Every function takes plain rows (mappings of JSON values) in the order to show them, and a ``width`` in
pixels or ``"container"`` for a page that sizes the chart itself. No chart has a title: the page or the
mail says above it, in text, what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from sms_monitoring.charts.theme import ACCENT, ACCENT_SOFT, BAD, FAINT, PAPER, UNKNOWN, Palette, theme

if TYPE_CHECKING:
    import altair as alt

Row = Mapping[str, Any]
Width = int | Literal["container"]
Spec = dict[str, Any]

# Outcomes of a sent message, from the bottom of a bar to its top.
OUTCOMES = {"delivered": ("Delivered", ACCENT), "failed": ("Failed", BAD), "unconfirmed": ("No receipt yet", UNKNOWN)}
NO_DATA = ("No data", FAINT)


def hourly_volume(hours: Sequence[Row], *, width: Width = 560, height: int = 170) -> Spec:
    """Messages sent in each hour, stacked by what became of them; hours without data are shaded.

    :param hours: ``label`` (unique, e.g. "14:00"), the counts ``delivered``, ``failed`` and ``unconfirmed``,
        and ``missing`` (bool).
    """
    import altair as alt

    labels = [hour["label"] for hour in hours]
    x = alt.X(
        "label:N",
        sort=labels,
        title=None,
        scale=alt.Scale(domain=labels, paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(values=labels[::3], labelAngle=0),
    )
    missing = [{"label": hour["label"], "outcome": NO_DATA[0]} for hour in hours if hour["missing"]]
    legend = [*OUTCOMES.values(), *([NO_DATA] if missing else [])]
    color = alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=[name for name, _ in legend], range=[color for _, color in legend]),
    )
    counts = [
        {"label": hour["label"], "outcome": name, "order": order, "messages": hour[key]}
        for hour in hours
        for order, (key, (name, _)) in enumerate(OUTCOMES.items())
    ]
    volume = (
        alt.Chart(alt.InlineData(values=counts))
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("messages:Q", title=None, axis=alt.Axis(tickCount=4, format="~s")),
            color=color,
            order="order:Q",
            tooltip=["label:N", "outcome:N", alt.Tooltip("messages:Q", format=",")],
        )
    )
    if not missing:
        return finish(volume, width, height)
    shade = alt.Chart(alt.InlineData(values=missing)).mark_rect().encode(x=x, color=color)
    return finish(alt.layer(shade, volume), width, height)


def delivery_funnel(stages: Sequence[Row], *, width: Width = 560, height: int = 116, colours: Palette = PAPER) -> Spec:
    """How far the messages of a period came: one bar a stage.

    :param stages: ``stage`` (unique), ``messages`` (count), ``note`` (printed behind the bar), ``bad`` (bool).
    """
    import altair as alt

    most = max((stage["messages"] for stage in stages), default=0)
    base = alt.Chart(alt.InlineData(values=[dict(stage) for stage in stages])).encode(
        y=alt.Y(
            "stage:N",
            sort=[stage["stage"] for stage in stages],
            title=None,
            axis=alt.Axis(domain=False, labelColor=colours.ink, labelLimit=160),
            scale=alt.Scale(paddingInner=0.35, paddingOuter=0.1),
        ),
        # Nearly as much again on the right, for the notes.
        x=alt.X("messages:Q", title=None, axis=None, scale=alt.Scale(domain=[0, max(most, 1) * 1.9])),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.condition("datum.bad", alt.value(colours.bad), alt.value(colours.accent)),
        tooltip=["stage:N", alt.Tooltip("messages:Q", format=",")],
    )
    notes = base.mark_text(align="left", dx=7).encode(text="note:N")
    return finish(alt.layer(bars, notes), width, height, colours)


def delivery_rate(
    days: Sequence[Row], *, threshold: float | None = None, width: Width = 560, height: int = 150
) -> Spec:
    """Delivery rate by day as a line, the alert threshold as a dashed one; days without traffic leave a gap.

    :param days: ``date`` (ISO), ``rate`` (percent or None).
    :param threshold: percent below which an alert fires, or None for no line.
    """
    import altair as alt

    rates = [day["rate"] for day in days if day["rate"] is not None]
    lowest = min([*rates, *([threshold] if threshold is not None else []), 99])
    # Room below the lowest value; the scale does not start at zero, which a line, unlike a bar, allows.
    floor = max(0, lowest - max(1, (100 - lowest) * 0.25))
    x = _day_axis(days)
    y = alt.Y(
        "rate:Q",
        title=None,
        scale=alt.Scale(domain=[floor, 100], nice=False),
        axis=alt.Axis(tickCount=4, labelExpr="datum.label + '%'"),
    )
    base = alt.Chart(alt.InlineData(values=[dict(day) for day in days])).encode(x=x, y=y)
    below = "false" if threshold is None else f"datum.rate < {threshold}"
    layers: list[alt.Chart] = [
        base.mark_line(),
        base.transform_filter("datum.rate !== null")
        .mark_point(filled=True, opacity=1)
        .encode(
            color=alt.condition(below, alt.value(BAD), alt.value(ACCENT)),
            shape=alt.condition(below, alt.value("diamond"), alt.value("circle")),
            size=alt.condition(below, alt.value(90), alt.value(40)),
            tooltip=[alt.Tooltip("date:O"), alt.Tooltip("rate:Q", format=".2f")],
        ),
    ]
    if threshold is not None:
        line = alt.Chart(alt.InlineData(values=[{"rate": threshold}])).encode(y=y)
        layers.append(line.mark_rule(color=BAD, strokeDash=[5, 4], strokeWidth=1.5))
        layers.append(
            line.mark_text(align="left", dx=4, dy=-7, color=BAD, text=f"alert below {threshold:g}%").encode(
                x=alt.value(0)
            )
        )
    return finish(alt.layer(*layers), width, height)


def llm_cost(days: Sequence[Row], *, width: Width = 560, height: int = 150) -> Spec:
    """LLM cost by day in USD; the last day stands out.

    :param days: ``date`` (ISO), ``cost`` (USD or None).
    """
    import altair as alt

    values = [{**day, "last": index == len(days) - 1} for index, day in enumerate(days)]
    bars = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=_day_axis(days),
            y=alt.Y("cost:Q", title=None, axis=alt.Axis(tickCount=4, format="$~r")),
            color=alt.condition("datum.last", alt.value(ACCENT), alt.value(ACCENT_SOFT)),
            tooltip=["date:O", alt.Tooltip("cost:Q", format="$,.4f")],
        )
    )
    return finish(bars, width, height)


def _day_axis(days: Sequence[Row]) -> alt.X:
    import altair as alt

    dates = [day["date"] for day in days]
    # Counted from the newest, which is the one the reader looks for. Dates are names here, not times:
    # a time would be shifted into the zone of whoever looks.
    shown = sorted(dates[::-1][::4])
    return alt.X(
        "date:O",
        title=None,
        scale=alt.Scale(domain=dates, paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(values=shown, labelAngle=0, labelExpr="utcFormat(utcParse(datum.value, '%Y-%m-%d'), '%-d %b')"),
    )


def finish(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    width: Width,
    height: int,
    colours: Palette = PAPER,
    *,
    validate: bool = True,
) -> Spec:
    """The specification of a chart, sized and in the look of all.

    :param validate: see once more that it is valid; what is made while somebody waits leaves that to its tests.
    """
    spec: Spec = chart.properties(width=width, height=height).to_dict(validate=validate)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["config"] = theme(colours)
    return spec
