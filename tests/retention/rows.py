"""Rows in old partitions, and sessions that stand in each other's way."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sms_monitoring.db import Connection

# Long past every keep_days below, whatever the day the tests run on.
TODAY = date(2025, 6, 1)


def utc(text: str) -> datetime:
    """A UTC time from "2025-01-01" or "2025-01-01 10:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make_partitions(conn: Connection, table: str, first: str, last: str) -> int:
    return conn.execute("SELECT sms_ensure_partitions(%s, %s, %s)", (table, first, last)).fetchone()[0]


def add_metrics(conn: Connection, day: str, count: int = 1, user: str | None = "ann") -> None:
    """``count`` rows of one day, in its partition, which is made."""
    make_partitions(conn, "sms_metrics", day, day)
    conn.execute(
        "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value, created_at)"
        " SELECT %(day)s, %(start)s, %(user)s || '-' || n, 'sent_count', n, %(start)s"
        " FROM generate_series(1, %(count)s) n",
        {"day": day, "start": utc(day), "user": user, "count": count},
    )


def add_noise(conn: Connection, day: str, megabytes: int) -> None:
    """Rows of one day that no compression makes small."""
    make_partitions(conn, "sms_metrics", day, day)
    conn.execute(
        "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
        " SELECT %(day)s, %(start)s, string_agg(md5(n || '.' || i), ''), 'sent_count', 1"
        " FROM generate_series(1, %(rows)s) n, generate_series(1, 32) i GROUP BY n",
        {"day": day, "start": utc(day), "rows": megabytes * 1024},
    )


def partition_names(conn: Connection, table: str) -> list[str]:
    rows = conn.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1", (table,)
    )
    return [name for (name,) in rows.fetchall()]


def dropped_before(conn: Connection, table: str) -> date | None:
    query = "SELECT dropped_before FROM sms_retention_policies WHERE table_name = %s"
    return conn.execute(query, (table,)).fetchone()[0]


def set_keep_days(conn: Connection, table: str, days: int) -> None:
    conn.execute("UPDATE sms_retention_policies SET keep_days = %s WHERE table_name = %s", (days, table))


def dump(conn: Connection, table: str) -> bytes:
    """All rows of a table as PostgreSQL's own bytes, in a definite order."""
    query = sql.SQL('COPY (SELECT * FROM {0} ORDER BY {0}::text COLLATE "C") TO STDOUT (FORMAT binary)')
    with conn.cursor() as cursor, cursor.copy(query.format(sql.Identifier(table))) as copy:
        return b"".join(copy)


@contextmanager
def waiting(monitor: Connection, conn: Connection, work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Runs ``work`` (which uses ``conn``) in a thread until it waits for a lock; then the block frees it.

    Yields a list that holds, after the block, the one outcome: what work returned, or the exception it raised.
    """
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:
            outcome.append(error)

    thread = Thread(target=run)
    thread.start()
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    query = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    while not monitor.execute(query, (conn.info.backend_pid,)).fetchone():
        assert thread.is_alive(), f"it did not wait: {outcome}"
        assert datetime.now(UTC) < deadline, "it neither waits nor ends"
    yield outcome
    thread.join(30)
    assert outcome, "it still waits"
