"""A chart of the page from the database: specification, description and table together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sms_monitoring.charts import incidents as marked
from sms_monitoring.charts.columns import COLUMNS, moment, sentence, table, texts, when
from sms_monitoring.charts.draw import TITLES, draw_breakdown, draw_funnel, draw_series, funnel_stages
from sms_monitoring.charts.theme import palette
from sms_monitoring.charts.timeline import Timeline
from sms_monitoring.digest.wording import percent, plural
from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.model import ALL, KINDS
from sms_monitoring.series.read import (
    MOST_INCIDENTS,
    read_bad_hours,
    read_breakdown,
    read_incidents,
    read_series,
    read_threshold,
)
from sms_monitoring.series.span import coarser, iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sms_monitoring.charts.specs import Spec
    from sms_monitoring.charts.theme import Palette
    from sms_monitoring.db import Connection
    from sms_monitoring.series.model import Breakdown, Point
    from sms_monitoring.series.span import Span

# Short names of a chart by dimension.
_BY_DIMENSION = {
    f"{name}_by_{dimension}": (series, dimension)
    for name, series in (("rate", "delivery_rate"), ("volume", "volume"))
    for dimension in ("carrier", "campaign")
}
NAMES = (*KINDS, "funnel", *_BY_DIMENSION)
# What has a rate with an alert below it: alert type, and whether it speaks of the opposite.
_THRESHOLDS = {"delivery_rate": ("delivery_rate_critical", False), "llm": ("llm_failure_critical", True)}
# A chart of many lines shows fewer points of each: hours of a carrier are mostly chance.
MOST_POINTS_OF_A_LINE = 48
_HEIGHTS = {"engagement": 250}


def build_chart(
    conn: Connection,
    name: str,
    span: Span,
    dimension: str = ALL,
    value: str | None = None,
    *,
    dark: bool = False,
    now: datetime | None = None,
) -> dict[str, Any]:
    """One chart of :data:`NAMES`, as plain JSON.

    "delivery_rate" and "volume" with a ``dimension`` and no ``value`` are charts by carrier or campaign.

    :param value: the carrier or campaign to show alone.
    :returns: ``spec`` (Vega-Lite), ``description`` (a sentence for who does not see it), ``table`` (``columns``, and
        ``rows`` of texts, the newest first), ``empty`` (nothing to show), ``updated_at`` (when the newest hour was
        computed: ISO, or None), ``start``, ``end`` and ``step``.
    :raises SeriesError: naming the parameter that is wrong.
    """
    now = now or datetime.now(UTC)
    colours = palette(dark=dark)
    if name in _BY_DIMENSION:
        if dimension not in (ALL, _BY_DIMENSION[name][1]):
            raise SeriesError("dimension", f"{name} is by {_BY_DIMENSION[name][1]}; leave out dimension")
        name, dimension = _BY_DIMENSION[name]
    if name not in (*KINDS, "funnel"):
        raise SeriesError("name", f"there is no chart {name!r}; there are: {', '.join(NAMES)}")
    if name == "funnel":
        return _funnel(conn, span, dimension, value, colours)
    if name in ("delivery_rate", "volume") and dimension != ALL and not value:
        return _breakdown(conn, name, coarser(span, MOST_POINTS_OF_A_LINE), dimension, colours, now)
    if name == "engagement":
        # Rare events in three low bands: hours would be needles.
        span = coarser(span, MOST_POINTS_OF_A_LINE)
    return _series(conn, name, span, dimension, value, colours, now)


def _series(
    conn: Connection, name: str, span: Span, dimension: str, value: str | None, colours: Palette, now: datetime
) -> dict[str, Any]:
    series = read_series(conn, name, span, dimension, value)
    incidents = read_incidents(conn, span)
    bad_hours = read_bad_hours(conn, series.kind, span)
    spans = marked.shown(incidents, name, value or "", now)
    told = [texts(COLUMNS[name], point) for point in series.points]
    marks = [*marked.faulty(bad_hours), *spans]
    timeline = _timeline(span, series.points, told, marks, colours, _HEIGHTS.get(name, 200))
    threshold = _threshold(conn, name)
    known = [index for index, point in enumerate(series.points) if point["state"] == "ok"]
    numbers = [point[field] for point in series.points for field in series.kind.fields]
    return _answer(
        draw_series(timeline, name, threshold),
        sentence(
            _title(name, value),
            span.words,
            (when(series.points[known[-1]], span.step), told[known[-1]]) if known else None,
            _below(series.points, threshold),
            *_remarks(series.points, spans, incidents, bad_hours),
        ),
        table(
            ["Time", *(heading for heading, _ in COLUMNS[name])],
            [[when(point, span.step), *words.values()] for point, words in zip(series.points, told, strict=True)],
        ),
        empty=not any(numbers),
        span=span,
        updated_at=series.updated_at,
    )


def _breakdown(
    conn: Connection, name: str, span: Span, dimension: str, colours: Palette, now: datetime
) -> dict[str, Any]:
    found = read_breakdown(conn, span, dimension)
    incidents = read_incidents(conn, span)
    bad_hours = read_bad_hours(conn, KINDS[name], span)
    spans = marked.shown(incidents, name, "", now)
    names = line_names(found)
    frames = found.lines[0].points if found.lines else []
    told = [
        {label: _cell(name, line.points[index]) for label, line in zip(names, found.lines, strict=True)}
        for index in range(len(frames))
    ]
    timeline = _timeline(span, frames, told, [*marked.faulty(bad_hours), *spans], colours)
    strokes = {label: line.points for label, line in zip(names, found.lines, strict=True)}
    known = [index for index, point in enumerate(frames) if point["state"] == "ok"]
    return _answer(
        draw_breakdown(timeline, name, strokes, _threshold(conn, name)),
        sentence(
            f"{TITLES[name]} by {dimension}",
            span.words,
            (when(frames[known[-1]], span.step), told[known[-1]]) if known else None,
            *_remarks(frames, spans, incidents, bad_hours),
        ),
        table(
            ["Time", *names],
            [[when(point, span.step), *words.values()] for point, words in zip(frames, told, strict=True)],
        ),
        empty=not found.lines,
        span=span,
        updated_at=found.updated_at,
    )


def _funnel(conn: Connection, span: Span, dimension: str, value: str | None, colours: Palette) -> dict[str, Any]:
    series = read_series(conn, "volume", span, dimension, value)
    stages = funnel_stages(series.points)
    return _answer(
        draw_funnel(stages, colours),
        f"{_title('funnel', value)}, {span.words}: "
        + ", ".join(f"{stage['stage'].lower()} {stage['note']}" for stage in stages)
        + ".",
        {"columns": ["Stage", "Messages"], "rows": [[stage["stage"], stage["note"]] for stage in stages]},
        empty=not any(stage["messages"] for stage in stages),
        span=span,
        updated_at=series.updated_at,
    )


def line_names(found: Breakdown) -> list[str]:
    """What to call each line: the value, and "3 others"."""
    rest = plural(found.others, "other")
    taken = {line.name for line in found.lines}
    # A carrier may be called anything.
    rest = rest if rest not in taken else f"{rest} together"
    return [line.name if line.name is not None else rest for line in found.lines]


def _timeline(
    span: Span,
    points: Sequence[Point],
    told: Sequence[Mapping[str, str]],
    spans: Sequence[Mapping[str, Any]],
    colours: Palette,
    height: int = 200,
) -> Timeline:
    rows = []
    for point, words in zip(points, told, strict=True):
        begin, end = moment(point["at"]), moment(point["until"])
        tooltip = {"Time": when(point, span.step), **words}
        if spans:
            tooltip["Incident"] = marked.during(spans, begin, end) or "none"
        rows.append({**point, "at": begin, "until": end, "missing": point["state"] == "missing", "tooltip": tooltip})
    return Timeline(start=span.start, end=span.end, points=rows, incidents=spans, colours=colours, height=height)


def _threshold(conn: Connection, name: str) -> float | None:
    """Percent below which the alert of a rate fires; None: it has none."""
    alert_type, opposite = _THRESHOLDS.get(name, ("", False))
    found = read_threshold(conn, alert_type) if alert_type else None
    if found is None or found[0].startswith("<") is opposite:
        return None
    return 100 - found[1] if opposite else found[1]


def _below(points: Sequence[Point], threshold: float | None) -> str:
    if threshold is None:
        return ""
    below = sum(1 for point in points if point["rate"] is not None and point["rate"] < threshold)
    return f"{plural(below, 'point')} below the alert threshold of {percent(threshold)}" if below else ""


def _remarks(
    points: Sequence[Point],
    spans: Sequence[Mapping[str, Any]],
    found: Sequence[object],
    bad_hours: Sequence[Mapping[str, Any]],
) -> list[str]:
    missing = sum(point["hours_missing"] for point in points if point["state"] != "pending")
    failed = sum(each["hours"] for each in bad_hours)
    or_more_hours = " or more" if len(bad_hours) >= MOST_INCIDENTS else ""
    or_more = " or more" if len(found) >= MOST_INCIDENTS else ""
    return [
        plural(len(spans), "incident") + or_more if spans else "",
        f"{plural(missing, 'hour')} without data" if missing else "",
        f"{plural(failed, 'hour')}{or_more_hours} whose numbers failed their checks" if failed else "",
    ]


def _cell(name: str, point: Point) -> str:
    columns = dict(COLUMNS["delivery_rate"])
    if name == "delivery_rate":
        return f"{columns['Delivery rate'](point)} of {columns['Sent'](point)}" if point["sent"] else "–"
    return columns["Sent"](point)


def _title(name: str, value: str | None) -> str:
    return f"{TITLES[name]} of {value}" if value else TITLES[name]


def _answer(
    spec: Spec, description: str, table: dict[str, Any], *, empty: bool, span: Span, updated_at: datetime | None
) -> dict[str, Any]:
    return {
        "spec": {**spec, "description": description},
        "description": description,
        "table": table,
        "empty": empty,
        "updated_at": iso(updated_at) if updated_at else None,
        "start": iso(span.start),
        "end": iso(span.end),
        "step": span.step_name,
    }
