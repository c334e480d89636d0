"""Charts over time: the axis, hours without data, incidents, and the numbers on hover around the marks. Pure.

Times are milliseconds since 1970, as Vega has them; the axis is in UTC. No expression is made to code at run time:
with Vega's interpreter the specifications work under a strict content-security policy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts import layers
from sms_monitoring.charts.specs import Row, Spec, Width
from sms_monitoring.charts.theme import LIGHT, Palette, theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The share of the width from which on "No data" fits into a gap on a phone.
WIDE_GAP = 0.16
STRIP = 4
_SHORTENED = 10_000
_SHAPES = {"critical": "triangle-down", "warning": "diamond", "info": "circle"}
_DAY = timedelta(days=1)
# How long a chart's time may be → how far apart its labels are.
_LABELS = ((2 * _DAY, _DAY / 8), (10 * _DAY, _DAY), (45 * _DAY, 5 * _DAY), (130 * _DAY, 15 * _DAY))
_HOUR_OR_DAY = "utchours(datum.value) ? utcFormat(datum.value, '%H:%M') : utcFormat(datum.value, '%-d %b')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The time and look of one chart; a new one for each.

    :param start: the time axis, to ``end``.
    :param points: one a step, in order: ``at`` and ``until`` (datetimes), ``missing`` (bool), and ``tooltip``, the
        texts to show on hover by their heading, the same headings in each.
    :param incidents: ``began``, ``ended`` (datetimes), ``severity``, ``title``, ``when`` (text).
    """

    start: datetime
    end: datetime
    points: Sequence[Row]
    incidents: Sequence[Row] = ()
    colours: Palette = LIGHT
    width: Width = "container"
    height: int = 200
    _datasets: dict[str, list[Row]] = field(default_factory=dict, init=False, repr=False)

    def rows(self, name: str, rows: Sequence[Row]) -> str:
        """Keep ``rows`` as the dataset ``name``, for the layers over it."""
        self._datasets[name] = list(rows)
        return name

    def draw(self, *marks: Spec, own_scales: bool = False) -> Spec:
        """The chart: gaps and incidents behind ``marks``, the numbers on hover above them.

        :param own_scales: each mark has a vertical scale of its own.
        """
        x = self._time_axis()
        stack = [*self._gaps(), *self._shades(), *marks, self._hover(), *self._strips()]
        first = next(number for number, layer in enumerate(stack) if "field" in layer["encoding"].get("x", {}))
        spec: Spec = {
            "$schema": _schema(),
            "layer": [_on_axis(layer, x, first=number == first) for number, layer in enumerate(stack)],
            "datasets": self._datasets,
            "width": self.width,
            "height": self.height,
            "autosize": {"type": "fit-x", "contains": "padding"},
            "config": theme(self.colours),
        }
        if own_scales:
            spec["resolve"] = {"scale": {"y": "independent"}}
        # The description says it in a sentence, and a table has all numbers: no reader is led through every mark.
        spec["config"]["mark"] = {"aria": False}
        return spec

    def _time_axis(self) -> dict[str, Any]:
        length = self.end - self.start
        axis = {
            "values": _label_times(self.start, self.end),
            "format": "%b %Y" if length > _LABELS[-1][0] else "%-d %b",
            "labelOverlap": "parity",
            "labelSeparation": 8,
            "title": "UTC",
            "titleAnchor": "end",
            "titleFontSize": 10,
            "titlePadding": 0,
        }
        if length <= _LABELS[0][0]:
            axis["labelExpr"] = _HOUR_OR_DAY
        scale = {"type": "utc", "domain": [ms(self.start), ms(self.end)], "nice": False}
        return {"scale": scale, "axis": axis}

    def _gaps(self) -> list[Spec]:
        """The spans of time without data, shaded, and named where there is room."""
        spans = []
        for missing, group in groupby(self.points, key=lambda point: point["missing"]):
            points = list(group)
            if missing:
                spans.append((points[0]["at"], points[-1]["until"]))
        if not spans:
            return []
        self.rows("gaps", [{"from": ms(begin), "to": ms(end)} for begin, end in spans])
        self.rows(
            "gap_words",
            [
                {"mid": ms(begin + (end - begin) / 2), "text": "No data"}
                for begin, end in spans
                if (end - begin) / (self.end - self.start) >= WIDE_GAP
            ],
        )
        return [
            layers.band("gaps", self.colours.faint, 1, self.height),
            layers.words("gap_words", self.colours.muted, self.height / 2),
        ]

    def _shades(self) -> list[Spec]:
        return [
            layers.band(self.rows(name, rows), colour, 0.13, self.height)
            for name, colour, _, rows in self._incident_rows()
        ]

    def _strips(self) -> list[Spec]:
        """A bar along the top of each incident with a sign where it begins: the shade alone may be a hair."""
        tooltip = [_tooltip(name, name.capitalize()) for name in ("incident", "severity", "time")]
        return [
            put(layer, tooltip=tooltip)
            for name, colour, shape, _ in self._incident_rows()
            for layer in (layers.band(name, colour, 1, STRIP), layers.signs(name, colour, shape, STRIP))
        ]

    def _incident_rows(self) -> list[tuple[str, str, str, list[Row]]]:
        """Name, colour, shape and rows of each severity: the least severe first, so that the worst is drawn above."""
        colours = {"critical": self.colours.bad, "warning": self.colours.warning, "info": self.colours.accent}
        found = []
        for severity in reversed(_SHAPES):
            rows: list[Row] = [
                {
                    "from": ms(max(incident["began"], self.start)),
                    "to": ms(min(incident["ended"], self.end)),
                    "incident": incident["title"],
                    "severity": incident["severity"],
                    "time": incident["when"],
                }
                for incident in self.incidents
                if incident["severity"] == severity
            ]
            if rows:
                found.append((f"incidents_{severity}", colours[severity], _SHAPES[severity], rows))
        return found

    def _hover(self) -> Spec:
        """All numbers of a step in one tooltip, wherever in the step the pointer is."""
        headings = list(self.points[0]["tooltip"]) if self.points else []
        # Numbered, since a heading may hold a dot or a bracket, which Vega reads as a path.
        rows = [
            {"at": ms(point["at"]), "until": ms(point["until"])}
            | {f"t{number}": text for number, text in enumerate(point["tooltip"].values())}
            for point in self.points
        ]
        layer = layers.hover(self.rows("steps", rows), self.colours.ink, self.height)
        return put(layer, tooltip=[_tooltip(f"t{number}", heading) for number, heading in enumerate(headings)])


def amounts(most: float) -> dict[str, Any]:
    """The vertical axis of amounts from zero: "800" and "1,200", but "20k"."""
    number_format = ",d" if most < _SHORTENED else "~s"
    # No half messages, where there are few.
    ticks: dict[str, Any] = {"tickCount": 4, "tickMinStep": 1}
    return {
        "title": None,
        "scale": {"domain": [0, most * 1.08 or 1], "nice": False},
        "axis": {**ticks, "format": number_format},
    }


def put(layer: Spec, **channels: Any) -> Spec:
    """A copy of a layer with properties added to its channels; a list becomes the channel itself."""
    encoding: dict[str, Any] = dict(layer["encoding"])
    for name, properties in channels.items():
        encoding[name] = properties if isinstance(properties, list) else {**encoding[name], **properties}
    return {**layer, "encoding": encoding}


def _on_axis(layer: Spec, x: dict[str, Any], *, first: bool) -> Spec:
    """The layer on the time axis ``x``, where it has times. The first says from when to when it is, for all."""
    if "field" not in layer["encoding"].get("x", {}):
        return layer
    scale = x["scale"] if first else {key: value for key, value in x["scale"].items() if key != "domain"}
    return put(layer, x={**x, "scale": scale})


def ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def middle(point: Row) -> int:
    """The time that a step's value is drawn at."""
    return (ms(point["at"]) + ms(point["until"])) // 2


@cache
def _schema() -> str:
    import altair as alt

    return str(alt.SCHEMA_URL)


def _tooltip(name: str, title: str) -> Mapping[str, str]:
    return {"field": name, "type": "nominal", "title": title}


def _label_times(start: datetime, end: datetime) -> list[int]:
    """Where the time axis has labels: hours, days, or firsts of months."""
    length = end - start
    if length > _LABELS[-1][0]:
        months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
        firsts = (datetime(month // 12, month % 12 + 1, 1, tzinfo=start.tzinfo) for month in months)
        return [ms(first) for first in firsts if start <= first <= end]
    apart = next(each for longest, each in _LABELS if length <= longest) // timedelta(milliseconds=1)
    # Whole days are counted back from the newest, which the reader looks for; hours from midnight.
    unit = min(apart, _DAY // timedelta(milliseconds=1))
    return sorted(range(ms(end) // unit * unit, ms(start) - 1, -apart))
