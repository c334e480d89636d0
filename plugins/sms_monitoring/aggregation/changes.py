"""The dirty-hour log: which hours are to be recomputed, and how that is found out."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.timeframe import EVER, HOUR, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sms_monitoring.aggregation.families import Family
    from sms_monitoring.db import Connection

log = logging.getLogger(__name__)

# A product's transaction may commit rows whose changed_at lies before what was already looked at; one that stays
# open for longer than this is found by the look-back, or by sms_recompute_range.
OVERLAP = timedelta(hours=2)
# How far the first run on a new database looks for changes; older history is recomputed by range.
FIRST_LOOK = timedelta(hours=48)


def mark_dirty(conn: Connection, family: Family, hours: Iterable[datetime]) -> None:
    """Append hours (UTC, whole) to the family's dirty-hour log."""
    conn.execute(
        "INSERT INTO sms_dirty_hours (family, metric_hour) SELECT %s, unnest(%s::timestamptz[])",
        (family.name, list(hours)),
    )


def notice_changes(conn: Connection, family: Family, until: datetime) -> int:
    """Look for source rows that changed since the last look, and mark the hours they touch.

    ``until`` is the end of the run's window: hours after it are left for their own run, and times
    further ahead than now are reported, not believed. Returns the number of hours marked.
    """
    if family.source_view is None:  # record_sms_metric() marks the hours itself
        return 0
    with conn.transaction():
        db.lock(conn, "changes", family.name)
        since = _watermark(conn, family) or until - FIRST_LOOK
        touched = db.fetch_all(
            conn, family.sql("changes"), {"since": since - OVERLAP, "earliest": EVER.start, "latest": EVER.end}
        )
        if not touched:
            return 0
        now = conn.execute("SELECT now()").fetchone()[0]  # type: ignore[index]
        ahead = [row["metric_hour"] for row in touched if row["metric_hour"] >= floor_hour(now) + HOUR]
        if ahead:
            log.warning("%s has rows dated in the future (%s): not aggregated", family.source_view, max(ahead))
        hours = {row["metric_hour"] for row in touched} - set(ahead)
        mark_dirty(conn, family, hours)
        _move_watermark(conn, family, max(row["changed_at"] for row in touched))
        return len(hours)


def _watermark(conn: Connection, family: Family) -> datetime | None:
    row = conn.execute("SELECT changed_through FROM sms_source_watermarks WHERE family = %s", (family.name,)).fetchone()
    return row[0] if row else None


def _move_watermark(conn: Connection, family: Family, changed_through: datetime) -> None:
    conn.execute(
        "INSERT INTO sms_source_watermarks AS w (family, changed_through) VALUES (%s, %s) ON CONFLICT (family)"
        " DO UPDATE SET changed_through = greatest(w.changed_through, excluded.changed_through)",
        (family.name, changed_through),
    )
