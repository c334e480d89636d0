"""Rows of the metric tables, written as the sentence "in this hour, so much of that"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from psycopg.types.json import Json

if TYPE_CHECKING:
    from sms_monitoring.db import Connection


def utc(text: str) -> datetime:
    """A UTC time from "2025-03-09 05:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_hour(conn: Connection, hour: str, *, carrier: str = "", campaign: str = "", **metrics: float) -> None:
    """Hourly sums, in the UTC hour ``hour``; ``sent=100`` means ``sent_count``, ``llm_cost_usd=0.5`` itself."""
    dimension = "carrier" if carrier else "campaign" if campaign else "all"
    at = utc(hour)
    conn.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', %(day)s, %(day)s)", {"day": at.date()})
    for name, value in metrics.items():
        conn.execute(
            "INSERT INTO sms_metrics_hourly"
            " (metric_date, metric_hour, metric_type, dimension, dimension_value, value_sum, value_count)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1)",
            (at.date(), at, _metric(name), dimension, carrier or campaign, value),
        )


def timed(conn: Connection, hour: str, metric: str, **observations: int) -> None:
    """Durations: ``timed(conn, hour, "avg_delivery_time_ms", ms1000=95, ms9000=5)``."""
    at = utc(hour)
    conn.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', %(day)s, %(day)s)", {"day": at.date()})
    times = {int(name.removeprefix("ms")): count for name, count in observations.items()}
    buckets = {str(conn.execute("SELECT sms_bucket_of(%s)", (ms,)).fetchone()[0]): count for ms, count in times.items()}
    conn.execute(
        "INSERT INTO sms_metrics_hourly (metric_date, metric_hour, metric_type, value_sum, value_count, buckets)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (at.date(), at, metric, sum(ms * n for ms, n in times.items()), sum(times.values()), Json(buckets)),
    )


def users(conn: Connection, hour: str, *names: str | None) -> None:
    """Each user was sent one message in the hour; None is the system itself."""
    at = utc(hour)
    conn.execute("SELECT sms_ensure_partitions('sms_metrics', %(day)s, %(day)s)", {"day": at.date()})
    for name in names:
        conn.execute(
            "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
            " VALUES (%s, %s, %s, 'sent_count', 1)",
            (at.date(), at, name),
        )


def incident(
    conn: Connection,
    alert_type: str,
    triggered: str,
    resolved: str | None = None,
    *,
    severity: str = "critical",
    entity: str = "all",
    message: str = "It is bad.",
) -> None:
    conn.execute(
        "INSERT INTO sms_alert_history (alert_type, entity, severity, triggered_at, resolved_at, resolved_by,"
        " metric_value, threshold_value, sample_size, message, window_start, window_end)"
        " VALUES (%(type)s, %(entity)s, %(severity)s, %(from)s, %(until)s, CASE WHEN %(until)s::timestamptz IS NOT NULL"
        " THEN 'recovery' END, 80, 90, 100, %(message)s, %(from)s, %(from)s)",
        {
            "type": alert_type,
            "entity": entity,
            "severity": severity,
            "from": utc(triggered),
            "until": utc(resolved) if resolved else None,
            "message": message,
        },
    )


def _metric(name: str) -> str:
    return name if name.endswith("_usd") else f"{name}_count"
