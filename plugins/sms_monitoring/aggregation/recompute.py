"""Recomputes the dirty hours of one family: whole hours, in one transaction, under one lock.

Whatever happens before the commit (an error, a kill -9) leaves the tables and the dirty-hour log as
they were; whatever runs again finds the same hours and writes the same rows.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.timeframe import EVER, contiguous

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.aggregation.families import Family
    from sms_monitoring.db import Connection
    from sms_monitoring.timeframe import Window

log = logging.getLogger(__name__)

# Hours that one transaction takes on: bounds its temporary table and what a kill -9 throws away.
HOURS_AT_ONCE = 168
# The product may purge its rows from this age on; younger hours follow the source whatever it says.
PURGE_AGE = timedelta(days=7)


class HoursRefusedError(RuntimeError):
    """Hours whose raw rows are gone were asked for; recomputing them would rewrite them as zeros."""


@dataclass(slots=True)
class Recomputed:
    """What a recomputation did to one family.

    :param hours: the hours rewritten.
    :param refused: hours left alone because their raw rows are gone.
    :param rejected_facts: per metric type, source values that were left out: no valid amount, or an overlong user id.
    """

    family: str
    hours: list[datetime] = field(default_factory=list)
    refused: list[datetime] = field(default_factory=list)
    rejected_facts: dict[str, int] = field(default_factory=dict)

    def raise_if_refused(self) -> None:
        """:raises HoursRefusedError: when any hour was refused, naming them."""
        if self.refused:
            raise HoursRefusedError(
                f"{self.family}: {len(self.refused)} hour(s) from {min(self.refused):%Y-%m-%d %H:%M} to"
                f" {max(self.refused):%Y-%m-%d %H:%M} UTC keep their values: their raw rows are gone, dropped by"
                " retention (sms_retention_policies.dropped_before) or no longer in the source."
                " Ask for a range after that."
            )


def recompute(
    conn: Connection,
    family: Family,
    within: Window = EVER,
    progress: Callable[[int], None] | None = None,
) -> Recomputed:
    """Recompute every dirty hour of ``family`` inside ``within``, oldest first.

    :param progress: called with the number of hours after each committed batch.
    """
    result = Recomputed(family.name)
    while batch := _recompute_batch(conn, family, within, result):
        if progress:
            progress(batch)
    if result.refused:
        log.warning("%s: %d hours refused, their raw rows are gone", family.name, len(result.refused))
    for metric_type, count in result.rejected_facts.items():
        log.warning("%s: %d values left out: below zero, beyond all sense, or of an overlong user", metric_type, count)
    return result


def _recompute_batch(conn: Connection, family: Family, within: Window, result: Recomputed) -> int:
    """One transaction; returns how many hours it took off the log."""
    _make_partitions(conn, family, within)
    with conn.transaction():
        db.lock(conn, "recompute", family.name)
        claimed = _claim(conn, family, within)
        if not claimed:
            return 0
        db.execute(conn, "aggregates/steps/hold_retention.sql")
        metric_types = family.metric_types(conn)
        refused = _refused(conn, claimed)
        for window in contiguous(set(claimed) - set(refused)):
            refused += _rewrite(conn, family, window, metric_types, result)
        hours = sorted(set(claimed) - set(refused))
        db.execute(conn, "aggregates/steps/note_aggregated.sql", {"family": family.name, "hours": hours})
        conn.execute(
            "INSERT INTO sms_dirty_days (metric_date) SELECT DISTINCT unnest(%s::date[])",
            ([hour.astimezone(UTC).date() for hour in hours],),
        )
    result.hours += hours
    result.refused += refused
    return len(claimed)


def _make_partitions(conn: Connection, family: Family, within: Window) -> None:
    """Before the work, in a transaction of its own: attaching one must not wait for our own writes."""
    dirty = conn.execute(
        "SELECT DISTINCT metric_hour FROM sms_dirty_hours"
        " WHERE family = %s AND metric_hour >= %s AND metric_hour < %s ORDER BY 1 LIMIT %s",
        (family.name, within.start, within.end, HOURS_AT_ONCE),
    ).fetchall()
    for window in contiguous(hour for (hour,) in dirty):
        days = (window.start.astimezone(UTC).date(), window.hours()[-1].astimezone(UTC).date())
        for table in ("sms_metrics", "sms_metrics_hourly"):
            conn.execute("SELECT sms_ensure_partitions(%s, %s, %s)", (table, *days))


def _claim(conn: Connection, family: Family, within: Window) -> list[datetime]:
    rows = db.fetch_all(
        conn,
        "aggregates/steps/claim_dirty_hours.sql",
        {"family": family.name, "window_start": within.start, "window_end": within.end, "hours_at_once": HOURS_AT_ONCE},
    )
    return [row["metric_hour"] for row in rows]


def _refused(conn: Connection, hours: list[datetime]) -> list[datetime]:
    return [row["metric_hour"] for row in db.fetch_all(conn, "aggregates/steps/refused_hours.sql", {"hours": hours})]


def _rewrite(
    conn: Connection, family: Family, window: Window, metric_types: list[str], result: Recomputed
) -> list[datetime]:
    """Replace what is stored of these hours by what the source says now; returns those it has purged, left alone."""
    params: dict[str, Any] = {"window_start": window.start, "window_end": window.end, "metric_types": metric_types}
    _collect_facts(conn, family, params, result)
    purged: list[datetime] = []
    if family.source_view is not None:
        rows = db.fetch_all(conn, "aggregates/steps/purged_hours.sql", {**params, "purge_age": PURGE_AGE})
        purged = [row["metric_hour"] for row in rows]
        conn.execute("DELETE FROM sms_facts WHERE metric_hour = ANY(%s)", (purged,))
    params["kept_hours"] = purged
    if family.source_view is not None:  # recorded metrics stand in sms_metrics already
        db.execute(conn, "aggregates/steps/delete_metrics.sql", params)
        db.execute(conn, "aggregates/steps/insert_metrics.sql")
    db.execute(conn, "aggregates/steps/delete_rollup.sql", params)
    db.execute(conn, "aggregates/steps/insert_rollup.sql")
    return purged


def _collect_facts(conn: Connection, family: Family, params: dict[str, Any], result: Recomputed) -> None:
    """Fill ``sms_facts`` with the family's facts of a window, those that make no sense left out."""
    db.execute(conn, "aggregates/steps/create_facts.sql")
    conn.execute("TRUNCATE sms_facts")
    db.execute(conn, family.sql("facts"), params)
    conn.execute("DELETE FROM sms_facts WHERE metric_type <> ALL(%s)", (params["metric_types"],))
    db.execute(conn, "aggregates/steps/shorten_names.sql")
    rejected = result.rejected_facts
    for row in db.fetch_all(conn, "aggregates/steps/reject_facts.sql"):
        rejected[row["metric_type"]] = rejected.get(row["metric_type"], 0) + row["facts"]
    conn.execute("ANALYZE sms_facts")
