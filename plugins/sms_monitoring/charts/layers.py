"""The layers that charts over time are made of, each made by Altair once and kept. Pure.

Altair takes some 100 ms to make such a chart, whatever its rows. What a layer looks like does not depend on the rows,
so it is made once in a process; :mod:`.timeline` puts the rows, axes and names of the day into a copy.

A layer is over a named dataset; on ``x`` it has a time field, on ``y`` pixels or an amount.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from sms_monitoring.charts.specs import Spec

if TYPE_CHECKING:
    import altair as alt

HOVER = "hover"
# Where a part of time is not over, its bar is paler: it will grow.
SO_FAR = 0.55


@cache
def band(rows: str, colour: str, opacity: float, height: float) -> Spec:
    """Rectangles ``from`` … ``to``, from the top to ``height``."""
    import altair as alt

    chart = _chart(rows).mark_rect(color=colour, opacity=opacity, clip=True)
    return _spec(chart.encode(x=alt.X("from:T"), x2=alt.X2("to"), y=alt.value(0), y2=alt.value(height)))


@cache
def signs(rows: str, colour: str, shape: str, height: float) -> Spec:
    """A sign at ``from``, so high."""
    import altair as alt

    chart = _chart(rows).mark_point(filled=True, opacity=1, size=70, color=colour, shape=shape)
    return _spec(chart.encode(x=alt.X("from:T"), y=alt.value(height)))


@cache
def words(rows: str, colour: str, height: float) -> Spec:
    """The ``text`` of each row in the middle above ``mid``."""
    import altair as alt

    chart = _chart(rows).mark_text(color=colour, fontSize=11)
    return _spec(chart.encode(x=alt.X("mid:T"), y=alt.value(height), text=alt.Text("text:N")))


@cache
def caption(rows: str, colour: str, *, dx: float = 0, dy: float = 0, behind: bool = False) -> Spec:
    """The ``text`` of each row at the left edge, at its ``value``.

    :param behind: broad and pale, to lie behind the same in its own colour: what crosses words strikes them out.
    """
    import altair as alt

    stroke = {"stroke": colour, "strokeWidth": 4} if behind else {}
    chart = _chart(rows).mark_text(align="left", dx=dx, dy=dy, color=colour, opacity=0.8 if behind else 1, fontSize=11)
    layer = _spec(chart.encode(x=alt.value(0), y=alt.Y("value:Q"), text=alt.Text("text:N")))
    layer["mark"] |= stroke
    return layer


@cache
def rule(rows: str, colour: str, *, dashed: bool) -> Spec:
    """A line across the chart at the ``value`` of each row."""
    import altair as alt

    chart = _chart(rows).mark_rule(
        color=colour, strokeWidth=1.5 if dashed else 1, strokeDash=[5, 4] if dashed else [1, 0]
    )
    return _spec(chart.encode(y=alt.Y("value:Q")))


@cache
def bars(rows: str, colour: str | None = None) -> Spec:
    """Bars ``from`` … ``to``, ``low`` … ``high``; coloured by ``part`` where no ``colour`` is given."""
    import altair as alt

    chart = _chart(rows).mark_rect(color=colour) if colour else _chart(rows).mark_rect().encode(alt.Color("part:N"))
    opacity = alt.OpacityValue(1, condition={"test": "datum.partial", "value": SO_FAR})
    encoded = chart.encode(x=alt.X("from:T"), x2=alt.X2("to"), y=alt.Y("low:Q"), y2=alt.Y2("high"), opacity=opacity)
    return _spec(encoded)


@cache
def area(rows: str, colour: str) -> Spec:
    """The band ``low`` … ``high``."""
    import altair as alt

    chart = _chart(rows).mark_area(color=colour, opacity=0.55, clip=True)
    return _spec(chart.encode(x=alt.X("mid:T"), y=alt.Y("low:Q"), y2=alt.Y2("high")))


@cache
def line(rows: str, *, named: bool) -> Spec:
    """The line of ``value``; one for each ``name``, with a colour and a dash of its own, where ``named``."""
    import altair as alt

    chart = _chart(rows).mark_line(strokeWidth=1.8, strokeJoin="round").encode(x=alt.X("mid:T"), y=alt.Y("value:Q"))
    return _spec(chart.encode(color=alt.Color("name:N"), strokeDash=alt.StrokeDash("name:N")) if named else chart)


@cache
def dots(rows: str, flag: str, colour: str | None, size: int, shape: Literal["circle", "diamond"] = "circle") -> Spec:
    """A dot at the ``value`` of each row with ``flag``; coloured by ``name`` where no ``colour`` is given."""
    import altair as alt

    chart = _chart(rows).transform_filter(f"datum.{flag}").mark_point(filled=True, size=size, opacity=1, shape=shape)
    chart = chart.encode(x=alt.X("mid:T"), y=alt.Y("value:Q"))
    layer = _spec(chart if colour else chart.encode(color=alt.Color("name:N")))
    layer["mark"] |= {"color": colour} if colour else {}
    return layer


@cache
def hover(rows: str, colour: str, height: float) -> Spec:
    """A step of time, ``at`` … ``until``, from top to bottom: seen while the pointer is in it."""
    import altair as alt

    pointed = alt.selection_point(name=HOVER, on="pointerover", clear="pointerout", fields=["at"], empty=False)
    opacity = alt.OpacityValue(0, condition={"param": HOVER, "value": 0.12, "empty": False})
    chart = _chart(rows).mark_rect(color=colour).encode(x=alt.X("at:T"), x2=alt.X2("until"), opacity=opacity)
    layer = _spec(chart.encode(y=alt.value(0), y2=alt.value(height)).add_params(pointed))
    # Altair tells a selection at the top which of the layers it is of; here it stays in its layer.
    layer["params"] = [{key: value for key, value in param.items() if key != "views"} for param in layer["params"]]
    layer.pop("name", None)
    return layer


def _chart(rows: str) -> alt.Chart:
    import altair as alt

    return alt.Chart(alt.NamedData(name=rows))


def _spec(chart: alt.Chart) -> Spec:
    spec: Spec = chart.to_dict()
    return {key: value for key, value in spec.items() if key not in ("$schema", "config", "datasets")}
