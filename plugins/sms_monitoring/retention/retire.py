"""Retires one partition: archives it where an archive is configured, verifies that, and drops it.

All of it is one transaction under a SHARE lock on the partition. That lock lets readers go on and makes the rare
writer of so old a day wait, so the rows archived are the rows dropped: no window between the two, and no second scan
to prove it. Killed at any step, the transaction rolls back: the partition and ``dropped_before`` are as they were, and
the next run finds its archive, if it got that far, with the same rows under the same name.

DROP, not DETACH ... CONCURRENTLY: that one may not run in a transaction, so a kill could leave rows that are neither
in the table nor in the archive. DROP needs the whole table for itself, for milliseconds; everyone else queues behind
it while it waits for a long reader. Hence the lock timeout: it gives up, says who is in the way, and is run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from psycopg import errors, sql
from psycopg.pq import TransactionStatus

from sms_monitoring import db
from sms_monitoring.retention import archive
from sms_monitoring.retention.partitions import Partition, RetentionError, midnight, partitions_of

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from sms_monitoring.db import Connection, Row

# The longest that readers and writers may queue behind a drop. Above PostgreSQL's deadlock_timeout (1 s):
# autovacuum gives way to a lock only after that.
LOCK_TIMEOUT = timedelta(seconds=2)


class PartitionInUseError(RetentionError):
    """Someone holds the partition or its table; nothing was changed, and a later run may find it free."""


@dataclass(frozen=True, slots=True)
class RetiredPartition:
    """A partition that was dropped.

    :param rows: how many rows it held.
    :param archived_to: URL of its archive; None where none is configured, or there were no rows to archive.
    """

    partition: Partition
    rows: int
    archived_to: str | None

    def __str__(self) -> str:
        archived = f"archived to {self.archived_to}, " if self.archived_to else ""
        return f"{self.partition.name}: {self.rows} rows, {archived}dropped"


def retire(
    conn: Connection,
    partition: Partition,
    archive_url: str | None = None,
    conn_id: str | None = None,
    lock_timeout: timedelta = LOCK_TIMEOUT,
) -> RetiredPartition | None:
    """Archive (given an ``archive_url``), verify and drop one partition, and move its policy's ``dropped_before``.

    Retire a table's partitions oldest first: everything before ``dropped_before`` counts as dropped.

    :param conn: in autocommit mode, outside a transaction.
    :param archive_url: see :func:`~sms_monitoring.retention.archive.archive_path`; None or empty: no archive.
    :param lock_timeout: how long to wait for each lock.
    :returns: None when the partition is gone already, as after a run that was killed once it had committed.
    :raises PartitionInUseError: when a lock was not to be had; names the sessions in the way.
    :raises ArchiveError: when the archive could not be written or verified.
    :raises RetentionError: when the policy is missing, or keeps the partition by the database's clock.
    """
    if not conn.autocommit or conn.info.transaction_status != TransactionStatus.IDLE:
        raise RetentionError("retire() needs a connection in autocommit mode, outside a transaction: its commit drops")
    target = archive.archive_path(archive_url, partition, conn_id) if archive_url else None
    try:
        with conn.transaction():
            db.execute(conn, "retention/settings.sql")
            milliseconds = lock_timeout // timedelta(milliseconds=1)
            conn.execute("SELECT set_config('lock_timeout', %s, true)", (str(milliseconds),))
            return _retire(conn, partition, target)
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise PartitionInUseError(_who_is_in_the_way(conn, partition, lock_timeout)) from error


def _retire(conn: Connection, partition: Partition, target: ObjectStoragePath | None) -> RetiredPartition | None:
    db.lock(conn, "retention", partition.table)  # two runs at once would write the same archive
    if partition not in partitions_of(conn, partition.table):
        return None
    _check_expired(conn, partition)
    conn.execute(_with_name("LOCK TABLE {} IN SHARE MODE", partition))
    rows: int = conn.execute(_with_name("SELECT count(*) FROM {}", partition)).fetchall()[0][0]
    archived_to = None
    if target is not None and rows:
        with conn.cursor() as cursor, cursor.copy(_copy_query(conn, partition)) as blocks:
            archive.store(target, blocks, rows)
        archived_to = str(target)
    db.execute(conn, "retention/mark_dropped.sql", {"table": partition.table, "until": partition.end})
    conn.execute(_with_name("DROP TABLE {}", partition))
    return RetiredPartition(partition, rows, archived_to)


def _check_expired(conn: Connection, partition: Partition) -> None:
    """The last word before a drop: by the policy as it is now, and the database's clock, not the caller's."""
    policy = db.fetch_one(conn, "retention/kept_from.sql", {"table": partition.table})
    if policy is None:
        raise RetentionError(
            f"table {partition.table!r} has no row in sms_retention_policies, so nothing of it is dropped"
        )
    if partition.end > midnight(policy["first_day"]):
        raise RetentionError(
            f"partition {partition} is not dropped: sms_retention_policies keeps {partition.table}"
            f" for {policy['keep_days']} days, so from {policy['first_day']}"
        )


def _copy_query(conn: Connection, partition: Partition) -> sql.Composed:
    columns = db.fetch_all(conn, "retention/key_columns.sql", {"table": partition.table})
    keys = [sql.Identifier(column["name"]) for column in columns]
    order = sql.SQL(" ORDER BY ") + sql.SQL(", ").join(keys) if keys else sql.SQL("")
    return sql.SQL("COPY (SELECT * FROM {}{}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')").format(
        sql.Identifier(partition.name), order
    )


def _with_name(statement: str, partition: Partition) -> sql.Composed:
    """A statement on the partition itself: a table's name cannot be bound as a parameter."""
    return sql.SQL(statement).format(sql.Identifier(partition.name))


def _who_is_in_the_way(conn: Connection, partition: Partition, lock_timeout: timedelta) -> str:
    holders = db.fetch_all(conn, "retention/lock_holders.sql", {"table": partition.table})
    return (
        f"partition {partition.name} was left as it is: {partition.table} was not free within"
        f" {lock_timeout.total_seconds():g} s. In the way:"
        f" {'; '.join(map(_describe, holders)) or 'a session that is gone by now'}."
        " Run again; end a session that hangs with SELECT pg_terminate_backend(<process>)"
    )


def _describe(holder: Row) -> str:
    who = f"user {holder['usename']}, application {holder['application_name'] or 'unnamed'}"
    if holder["xact_start"]:  # null to a role that may not know
        who += f", {holder['state']} since {holder['xact_start'].astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"process {holder['pid']} ({who})"
