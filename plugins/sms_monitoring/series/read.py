"""Reads series from the tables: one SELECT for the numbers, one for what is known."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.model import ALL, DIMENSIONS, KINDS, Breakdown, Line, Series, check_slice, kind_of
from sms_monitoring.series.points import points_of
from sms_monitoring.series.span import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sms_monitoring.db import Connection, Row
    from sms_monitoring.series.model import Kind
    from sms_monitoring.series.span import Span

# More lines than this nobody can tell apart.
MOST_LINES = 6
MOST_VALUES = 200
# More than this are no marks on a chart any more, but a wall; and megabytes.
MOST_INCIDENTS = 200
Values = dict[datetime, dict[str, Any]]


def read_series(conn: Connection, name: str, span: Span, dimension: str = ALL, value: str | None = None) -> Series:
    """The series ``name`` over ``span``: of everything, or of one value of a dimension.

    :raises SeriesError: for a name that there is not, or a dimension and value that do not go with it.
    """
    kind = kind_of(name)
    check_slice(kind, dimension, value)
    values = _values(conn, kind, span, dimension, value or "")
    known, updated_at = _known_hours(conn, kind, span)
    points = points_of(kind, span, values, known)
    return Series(kind=kind, span=span, points=points, dimension=dimension, value=value or "", updated_at=updated_at)


def read_breakdown(conn: Connection, span: Span, dimension: str, most: int = MOST_LINES) -> Breakdown:
    """Messages and delivery rate of the ``most`` busiest values of a dimension over ``span``, and of the rest as one.

    :raises SeriesError: for a dimension that there is not.
    """
    _check_dimension(dimension)
    rows = _fetch(conn, "breakdown", {**_bounds(span), "dimension": dimension, "most": most})
    kind = KINDS["delivery_rate"]
    known, updated_at = _known_hours(conn, kind, span)
    lines: defaultdict[tuple[int, str | None], Values] = defaultdict(dict)
    for row in rows:
        values = {"sent_count": row["sent"], "delivered_count": row["delivered"]}
        lines[row["line"], row["name"]][row["at"]] = values
    # An hour in which anybody sent is known of all.
    for at in {row["at"] for row in rows} - known.keys():
        known[at] = 1
    return Breakdown(
        dimension=dimension,
        span=span,
        lines=[Line(name=name, points=points_of(kind, span, values, known)) for (_, name), values in lines.items()],
        others=rows[0]["others"] if rows else 0,
        updated_at=updated_at,
    )


def read_dimension(conn: Connection, dimension: str, span: Span, most: int = MOST_VALUES) -> list[dict[str, Any]]:
    """The values of a dimension in ``span``, the busiest first: ``value`` and ``sent`` (messages).

    :raises SeriesError: for a dimension that there is not.
    """
    _check_dimension(dimension)
    rows = _fetch(conn, "dimension_values", {**_bounds(span), "dimension": dimension, "most": most})
    return [{"value": row["value"], "sent": int(row["sent"])} for row in rows]


def read_incidents(conn: Connection, span: Span, most: int = MOST_INCIDENTS) -> list[Row]:
    """Incidents open at any time of ``span``: ``id``, ``alert_type``, ``entity``, ``severity``, ``message``, ``began``
    and ``ended`` (UTC; None: open), the oldest first; where there are more than ``most``, the gravest and newest."""
    return _fetch(conn, "incidents", {**_bounds(span), "most": most})


def read_bad_hours(conn: Connection, kind: Kind, span: Span, most: int = MOST_INCIDENTS) -> list[Row]:
    """Times of ``span`` in which numbers of ``kind`` failed a critical check: ``began``, ``ended`` (UTC) and how many
    ``hours`` that is; the oldest first, and where there are more than ``most`` times, the newest."""
    return _fetch(conn, "bad_hours", {**_of_families(kind, span), "most": most})


def read_threshold(conn: Connection, alert_type: str) -> tuple[str, float] | None:
    """Comparison operator and value that an alert fires by; None where there is none, or it is disabled."""
    rows = _fetch(conn, "threshold", {"alert_type": alert_type})
    return (rows[0]["comparison_operator"], float(rows[0]["threshold_value"])) if rows else None


def _values(conn: Connection, kind: Kind, span: Span, dimension: str, value: str) -> Values:
    """Beginning of a step → its sums, or its percentiles."""
    params = {**_bounds(span), "metric_types": list(kind.metrics), "dimension": dimension, "value": value}
    rows: list[Row] = []
    if span.step == DAY and dimension == ALL:
        # Whole days are worked out already: the rows of months of hours are not read again. A last part of a day is.
        whole = span.start + (span.end - span.start) // DAY * DAY
        rows = _fetch(conn, "daily", {**params, "ends_at": whole})
        params["starts_at"] = whole
    if params["starts_at"] < params["ends_at"]:
        rows += _fetch(conn, "percentiles" if kind.durations else "sums", params)
    values: defaultdict[datetime, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        if kind.durations:
            values[row["at"]] = {name: row[name] for name in ("p50", "p95", "sample")}
        else:
            values[row["at"]][row["metric_type"]] = row["value_sum"]
    return dict(values)


def _known_hours(conn: Connection, kind: Kind, span: Span) -> tuple[dict[datetime, int], datetime | None]:
    """Beginning of a step → its known hours; and when the newest of them was computed."""
    rows = _fetch(conn, "known_hours", _of_families(kind, span))
    newest = max(rows, key=lambda row: row["newest_hour"], default=None)
    return {row["at"]: row["hours"] for row in rows}, newest["aggregated_at"] if newest else None


def _check_dimension(dimension: str) -> None:
    if dimension not in DIMENSIONS[1:]:
        raise SeriesError("dimension", f"there is no {dimension!r} to tell apart by; use {' or '.join(DIMENSIONS[1:])}")


def _bounds(span: Span) -> dict[str, Any]:
    return {"starts_at": span.start, "ends_at": span.end, "step": span.step}


def _of_families(kind: Kind, span: Span) -> dict[str, Any]:
    return {**_bounds(span), "metric_types": list(kind.metrics), "families": list(kind.metrics.values())}


def _fetch(conn: Connection, name: str, params: Mapping[str, Any]) -> list[Row]:
    """Rows with their times in UTC, whatever zone the session has."""
    return [
        {key: value.astimezone(UTC) if isinstance(value, datetime) else value for key, value in row.items()}
        for row in db.fetch_all(conn, f"api/series/{name}.sql", params)
    ]
