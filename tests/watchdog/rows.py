"""Rows that the watchdog's alert types look at, every column with a sensible default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg import sql

from sms_monitoring.aggregation.families import FAMILIES
from tests.notify.samples import TRIGGER, put
from tests.product import at

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

# A moment of the past: what reads clocks gets it as "now".
NOW = at("12:05")


def real_now() -> datetime:
    """The time now: for what the database itself stamps."""
    return datetime.now(UTC)


def insert(conn: Connection, table: str, **columns: Any) -> None:
    """One row."""
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    conn.execute(statement, columns)


def aggregated(conn: Connection, hour: datetime, families: tuple[str, ...] = tuple(FAMILIES)) -> None:
    """The families have aggregated this hour after it was over."""
    for family in families:
        conn.execute(
            "INSERT INTO sms_aggregated_hours VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (family, hour, hour + timedelta(minutes=63)),
        )


def begun(conn: Connection, when: datetime) -> None:
    """The first alert was evaluated then, and all alert types were there."""
    conn.execute("UPDATE sms_alert_thresholds SET created_at = least(created_at, %s)", (when,))
    insert(
        conn,
        "sms_alert_transitions",
        occurred_at=when,
        alert_type="delivery_rate_critical",
        entity="all",
        to_state="ok",
        reason="first",
    )


def evaluated(conn: Connection, alert_type: str, when: datetime, **columns: Any) -> None:
    """The alert type was evaluated then."""
    end = when.replace(minute=0, second=0, microsecond=0)
    conn.execute("SELECT sms_ensure_partitions('sms_alert_evaluations', %s, %s)", (end.date(), end.date()))
    row = {
        "window_start": end - timedelta(hours=1),
        "window_end": end,
        "alert_type": alert_type,
        "verdict": "ok",
        "reason": "within_threshold",
        "replayed": False,
        "evaluated_at": when,
        **columns,
    }
    insert(conn, "sms_alert_evaluations", **row)


def notification(conn: Connection, channel: str = "slack", message: Any = TRIGGER, **columns: Any) -> int:
    """A row of the outbox, changed to what the test is about."""
    incident = columns.pop("incident", None)
    row_id = put(conn, message, channel, incident)
    if columns:
        changes = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
        )
        conn.execute(sql.SQL("UPDATE sms_alert_notifications SET {} WHERE id = {}").format(changes, row_id), columns)
    return row_id


def dag(conn: Connection, dag_id: str = "sms_hourly_monitoring", **columns: Any) -> None:
    """What Airflow said of a DAG."""
    row = {"is_paused": False, "observed_at": NOW, "failures_in_a_row": 0, **columns}
    insert(conn, "sms_dag_status", dag_id=dag_id, **row)


def quality_run(conn: Connection, plan: str, finished_at: datetime | None) -> None:
    """A run of the quality checks."""
    begin = (finished_at or NOW) - timedelta(hours=1)
    insert(
        conn,
        "sms_quality_runs",
        plan=plan,
        window_start=begin,
        window_end=begin + timedelta(hours=1),
        started_at=begin,
        finished_at=finished_at,
        verdict="passed" if finished_at else None,
    )
