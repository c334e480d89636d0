"""Reads where the database stands: one query, a millisecond or two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.api.live.changes import MAX_ABSENCE, Change, Incident, Reading
from sms_monitoring.api.live.position import Position

if TYPE_CHECKING:
    from sms_monitoring.db import Connection, Row

# Of the tables that only grow, so many of the newest rows are looked at.
ROWS = 500


def read(conn: Connection, since: int | None, *, rows: int = ROWS) -> Reading:
    """The database now, and what transactions from ``since`` on wrote about (None: nothing, just where it stands).

    :raises psycopg.Error: when the database is away.
    """
    reach = MAX_ABSENCE + timedelta(hours=1)
    found = db.fetch_all(conn, "api/stream/changes.sql", {"since": since, "rows": rows, "reach": reach})
    names = ("at", "oldest", "newest", "newest_hour", "view_refreshed_at", "checked_at")
    return Reading(
        position=Position(**{name: found[0][name] for name in names}),
        horizon=found[0]["horizon"],
        changes=tuple(_change(row) for row in found if row["kind"] is not None),
    )


def _change(row: Row) -> Change:
    names = ("alert_type", "entity", "severity", "triggered_at", "acknowledged_at", "resolved_at")
    incident = None
    if row["kind"] == "incident":
        incident = Incident(id=row["key"], **{name: row[name] for name in names})
    return Change(kind=row["kind"], key=row["key"], transactions=frozenset(row["transactions"]), incident=incident)
