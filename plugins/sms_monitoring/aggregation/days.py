"""From hours to days: the daily rows that changed, then the view over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring import db

if TYPE_CHECKING:
    from datetime import date

    from sms_monitoring.db import Connection


def rebuild_dirty_days(conn: Connection) -> list[date]:
    """Rebuild the daily rows of every day whose hours changed; returns those days, oldest first."""
    with conn.transaction():
        db.lock(conn, "days")
        days = [row["metric_date"] for row in db.fetch_all(conn, "rollups/claim_dirty_days.sql")]
        if days:
            db.execute(conn, "rollups/rebuild_days.sql", {"days": days})
            db.execute(conn, "rollups/rebuild_active_users.sql", {"days": days})
    return days


def refresh_daily_view(conn: Connection) -> None:
    """Refresh ``sms_metrics_daily`` without locking out its readers.

    Two refreshes at once would collide; the second waits for the first.
    """
    with conn.transaction():
        db.lock(conn, "refresh")
        db.execute(conn, "rollups/refresh_daily.sql")
