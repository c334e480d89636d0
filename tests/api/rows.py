"""Rows that the API reads, written as the sentence "on this day, so much of that"."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

FAMILIES = ("delivery", "generation", "engagement", "recorded")


def today() -> date:
    return datetime.now(UTC).date()


def day(conn: Connection, metric_date: date | str, active_users: int = 0, **metrics: float) -> None:
    """A day of the whole system; ``sent=145`` means ``sent_count``, ``llm_cost_usd=0.5`` itself."""
    for name, value in metrics.items():
        conn.execute(
            "INSERT INTO sms_metrics_by_day (metric_date, metric_type, value_sum, value_count) VALUES (%s, %s, %s, 1)",
            (metric_date, metric(name), value),
        )
    conn.execute("INSERT INTO sms_active_users_by_day VALUES (%s, %s)", (metric_date, active_users))
    conn.execute("REFRESH MATERIALIZED VIEW sms_metrics_daily")


def of_user(conn: Connection, user_id: str, metric_date: date, **metrics: float) -> None:
    """A day of one user, all of it in the day's first hour."""
    conn.execute("SELECT sms_ensure_partitions('sms_metrics', %(day)s, %(day)s)", {"day": metric_date})
    for name, value in metrics.items():
        conn.execute(
            "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
            " VALUES (%s, %s::date::timestamp AT TIME ZONE 'UTC', %s, %s, %s)",
            (metric_date, metric_date, user_id, metric(name), value),
        )


def hour(conn: Connection, at: datetime, dimension: str = "all", value: str = "", **metrics: float) -> None:
    """An hour of the whole system, or of one value of a dimension."""
    conn.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', %(day)s, %(day)s)", {"day": at.date()})
    for name, amount in metrics.items():
        conn.execute(
            "INSERT INTO sms_metrics_hourly"
            " (metric_date, metric_hour, metric_type, dimension, dimension_value, value_sum, value_count)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1)",
            (at.date(), at, metric(name), dimension, value, amount),
        )


def aggregated(
    conn: Connection, *hours: datetime, families: tuple[str, ...] = FAMILIES, after: timedelta = timedelta(minutes=63)
) -> None:
    """The hours are complete: each family aggregated them, ``after`` so long from their start."""
    for family in families:
        for each in hours:
            conn.execute("INSERT INTO sms_aggregated_hours VALUES (%s, %s, %s)", (family, each, each + after))


def metric(name: str) -> str:
    return name if name.endswith(("_usd", "_ms")) else f"{name}_count"
