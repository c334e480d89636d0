"""Partitions: made ahead of the days they hold, and found again once those days are past keeping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db

if TYPE_CHECKING:
    from sms_monitoring.db import Connection


class RetentionError(RuntimeError):
    """Retention could not do its work on a table; what it could not do is left as it was."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of ``sms_retention_policies``: rows of ``table`` are kept for ``keep_days`` whole UTC days."""

    table: str
    keep_days: int
    is_partitioned: bool


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of ``table``: the rows from ``start`` up to, not including, ``end``; both UTC."""

    table: str
    name: str
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.name} ({self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC)"


def policies(conn: Connection) -> list[Policy]:
    """All policies, by table name."""
    rows = db.fetch_all(conn, "retention/policies.sql")
    return [Policy(row["table_name"], row["keep_days"], row["is_partitioned"]) for row in rows]


def make_ahead(conn: Connection, policy: Policy, today: date, days_ahead: int) -> int:
    """Make the policy's missing partitions for ``today`` (a UTC day) and ``days_ahead`` days after it.

    :returns: how many were missing.
    :raises psycopg.Error: when there is no such partitioned table; the message says what to do.
    """
    until = utc_day(today) + timedelta(days=days_ahead)
    rows = conn.execute("SELECT sms_ensure_partitions(%s, %s, %s)", (policy.table, today, until)).fetchall()
    return int(rows[0][0])


def partitions_of(conn: Connection, table: str) -> list[Partition]:
    """The partitions of ``table`` that have two bounds, oldest first, as the catalogue (not their name) says."""
    return [
        Partition(table, row["name"], row["range_start"].astimezone(UTC), row["range_end"].astimezone(UTC))
        for row in db.fetch_all(conn, "retention/partitions.sql", {"table": table})
    ]


def expired_of(conn: Connection, policy: Policy, today: date) -> list[Partition]:
    """The policy's partitions whose last moment lies before ``today`` minus ``keep_days``, oldest first.

    :raises RetentionError: when the policy's table is not there.
    """
    if not policy.is_partitioned:
        raise RetentionError(
            f"sms_retention_policies names {policy.table!r}, which is no partitioned table;"
            " delete the row or create the table"
        )
    kept_from = midnight(utc_day(today) - timedelta(days=policy.keep_days))
    return [partition for partition in partitions_of(conn, policy.table) if partition.end <= kept_from]


def expired_partitions(conn: Connection, today: date) -> list[Partition]:
    """Every partition that its policy no longer keeps on ``today``, a UTC day; by table, oldest first.

    A month expires as a whole, when its last day does.

    :raises RetentionError: when a policy's table is not there.
    """
    return [partition for policy in policies(conn) for partition in expired_of(conn, policy, today)]


def utc_day(day: date) -> date:
    """``day``, which must be a date: a time would be cut to a day in some other zone.

    :raises TypeError: for a datetime.
    """
    if isinstance(day, datetime):
        raise TypeError(f"{day.isoformat()} is a time; pass a UTC date, e.g. moment.astimezone(UTC).date()")
    return day


def midnight(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime.combine(day, time.min, UTC)
