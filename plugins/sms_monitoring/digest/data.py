"""Reads one digest from the tables, in one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.digest.localday import LocalDay, local_day
from sms_monitoring.digest.model import (
    DELIVERY_ALERT,
    LLM_ALERT,
    DigestData,
    Freshness,
    Hour,
    Incident,
    Period,
    Slice,
    Threshold,
)

if TYPE_CHECKING:
    from sms_monitoring.db import Connection, Row

TREND_DAYS = 14
WEEK_DAYS = 7
_SLICE_NUMBERS = ("sent", "delivered", "failed", "opt_outs", "sent_before", "delivered_before")


def read_digest(conn: Connection, digest_date: date, timezone: str) -> DigestData:
    """Read the digest of ``digest_date``, a calendar day in the IANA zone ``timezone``.

    :param conn: an autocommit connection with no transaction open.
    :raises ValueError: for a time zone that does not exist.
    """
    days = [local_day(digest_date - timedelta(days=back), timezone) for back in reversed(range(TREND_DAYS))]
    day = days[-1]
    bounds = {"starts_at": day.window.start, "ends_at": day.window.end}
    with conn.transaction():
        db.execute(conn, "digest/begin_snapshot.sql")
        periods = _read_periods(conn, days)
        slices = _read_slices(conn, day, days[-2])
        return DigestData(
            day=day,
            today=periods[str(digest_date)],
            before=periods[str(days[-2].date)],
            week=periods["week"],
            hours=_read_hours(conn, days[-1 - WEEK_DAYS :]),
            trend=tuple((each.date, periods[str(each.date)]) for each in days),
            carriers=slices["carrier"],
            campaigns=slices["campaign"],
            incidents=tuple(Incident(**row) for row in _fetch(conn, "digest/incidents.sql", bounds)),
            thresholds=read_thresholds(conn),
            freshness=Freshness(**_fetch(conn, "digest/freshness.sql", bounds)[0]),
        )


def _read_periods(conn: Connection, days: list[LocalDay]) -> dict[str, Period]:
    """Each day by its ISO date, and the seven days before the last one as "week"."""
    week = days[-1 - WEEK_DAYS : -1]
    spans = {str(day.date): (day.window.start, day.window.end) for day in days}
    totals: defaultdict[str, list[Row]] = defaultdict(list)
    params = _spans({**spans, "week": (week[0].window.start, week[-1].window.end)})
    for row in _fetch(conn, "digest/period_totals.sql", params):
        totals[row["period"]].append(row)
    # Only the days that are compared: this reads every user's rows of a day.
    compared = {str(day.date): spans[str(day.date)] for day in days[-1 - WEEK_DAYS :]}
    users = {row["period"]: row["active_users"] for row in _fetch(conn, "digest/active_users.sql", _spans(compared))}

    periods = {name: _period(totals[name], days=int(bool(totals[name])), user_days=users.get(name)) for name in spans}
    in_week = [str(day.date) for day in week if totals[str(day.date)]]
    known = [users[name] for name in in_week if name in users]
    week_users = sum(known) if known and len(known) == len(in_week) else None
    periods["week"] = _period(totals["week"], days=len(in_week), user_days=week_users)
    return periods


def _period(rows: list[Row], *, days: int, user_days: float | None) -> Period:
    def column(name: str) -> dict[str, float]:
        return {row["metric_type"]: float(row[name]) for row in rows if row[name] is not None}

    return Period(
        days=days,
        sums=column("value_sum"),
        p50=column("p50"),
        p95=column("p95"),
        user_days=user_days,
    )


def _read_hours(conn: Connection, days: list[LocalDay]) -> tuple[Hour, ...]:
    """The hours of the last of ``days``; the others, a week, tell which hours usually have data."""
    *week, day = days
    bounds = {"starts_at": days[0].window.start, "ends_at": day.window.end}
    rows = {row["metric_hour"]: row for row in _fetch(conn, "digest/hours.sql", bounds)}
    seen = [{_clock(hour, each) for hour in each.hours() if hour in rows} for each in week]

    def expected(hour: datetime) -> bool:
        clock = _clock(hour, day)
        return clock in seen[0] and 2 * sum(clock in clocks for clocks in seen) > len(seen)

    return tuple(
        Hour(
            start=start,
            sent=int(row["sent"]),
            delivered=int(row["delivered"]),
            failed=int(row["failed"]),
            expected=expected(start),
        )
        if (row := rows.get(start))
        else Hour(start=start, missing=True, expected=expected(start))
        for start in day.hours()
    )


def _clock(hour: datetime, day: LocalDay) -> int:
    return hour.astimezone(day.zone).hour


def _read_slices(conn: Connection, day: LocalDay, before: LocalDay) -> dict[str, tuple[Slice, ...]]:
    spans = {name: (each.window.start, each.window.end) for name, each in (("day", day), ("before", before))}
    slices: dict[str, list[Slice]] = {"carrier": [], "campaign": []}
    for row in _fetch(conn, "digest/breakdown.sql", _spans(spans)):
        numbers: dict[str, Any] = {key: None if row[key] is None else int(row[key]) for key in _SLICE_NUMBERS}
        slices[row["dimension"]].append(Slice(name=row["name"], **numbers))
    return {dimension: tuple(found) for dimension, found in slices.items()}


def read_thresholds(conn: Connection) -> dict[str, Threshold]:
    """Thresholds of the delivery rate and of the template fallbacks, by alert type; without those disabled."""
    rows = _fetch(conn, "digest/thresholds.sql", {"alert_types": [DELIVERY_ALERT, LLM_ALERT]})
    return {
        row["alert_type"]: Threshold(
            value=float(row["threshold_value"]),
            operator=row["comparison_operator"],
            minimum_sample=row["minimum_sample"],
        )
        for row in rows
    }


def _spans(spans: Mapping[str, tuple[datetime, datetime]]) -> dict[str, list[Any]]:
    """Named spans of time as the three arrays that the SQL unnests."""
    return {
        "periods": list(spans),
        "starts": [start for start, _ in spans.values()],
        "ends": [end for _, end in spans.values()],
    }


def _fetch(conn: Connection, sql_file: str, params: Mapping[str, Any]) -> list[Row]:
    """Rows with their times in UTC: in another zone, the two 01:00 of a clock change never equal a UTC time."""
    return [
        {key: value.astimezone(UTC) if isinstance(value, datetime) else value for key, value in row.items()}
        for row in db.fetch_all(conn, sql_file, params)
    ]
