"""What aggregation leaves behind, besides the rows of ``tests.digest.rows``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.aggregation.pipeline import refresh_views
from tests.digest.rows import utc

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

FAMILIES = ("delivery", "generation", "engagement")


def aggregated(conn: Connection, start: str, end: str, *families: str, after: str = "1 hour") -> None:
    """The hours from ``start`` up to ``end`` were aggregated, so long ``after`` they began."""
    conn.execute(
        "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at)"
        " SELECT family, hour, hour + %s::interval FROM unnest(%s::text[]) AS family"
        " CROSS JOIN generate_series(%s, %s::timestamptz - interval '1 hour', interval '1 hour') AS hour"
        " ON CONFLICT (family, metric_hour) DO UPDATE SET aggregated_at = excluded.aggregated_at",
        (after, list(families or FAMILIES), utc(start), utc(end)),
    )


def write_days(conn: Connection) -> None:
    """What the hourly run does at its end: the days of all hours are written."""
    conn.execute("INSERT INTO sms_dirty_days (metric_date) SELECT DISTINCT metric_date FROM sms_metrics_hourly")
    refresh_views(conn)
