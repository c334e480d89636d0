"""Retention for every policy: what ``sms_daily_retention`` calls. Safe to run again at any time."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sms_monitoring.quality.store import forget_quality
from sms_monitoring.retention.partitions import RetentionError, expired_of, make_ahead, policies
from sms_monitoring.retention.receipts import forget_receipts
from sms_monitoring.retention.retire import LOCK_TIMEOUT, RetiredPartition, retire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, timedelta

    from sms_monitoring.db import Connection

log = logging.getLogger(__name__)

DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What one run of retention did.

    :param created: per table, how many partitions were missing and made.
    :param retired: the partitions dropped, by table, oldest first.
    """

    created: dict[str, int]
    retired: list[RetiredPartition]

    def __str__(self) -> str:
        rows = sum(retired.rows for retired in self.retired)
        return f"{sum(self.created.values())} partitions made, {len(self.retired)} dropped with {rows} rows"


def make_partitions_ahead(conn: Connection, today: date, days_ahead: int = DAYS_AHEAD) -> dict[str, int]:
    """Make the missing partitions of every policy for ``today`` (a UTC day) and ``days_ahead`` days after it.

    :returns: per table, how many were missing.
    :raises RetentionError: at the end, naming each table that failed and why; the others have theirs.
    """
    failures = _Failures()
    created = _make(conn, today, days_ahead, failures)
    failures.raise_if_any()
    return created


def retire_expired(
    conn: Connection,
    today: date,
    archive_url: str | None = None,
    conn_id: str | None = None,
    lock_timeout: timedelta = LOCK_TIMEOUT,
) -> list[RetiredPartition]:
    """Retire every partition that its policy no longer keeps on ``today``, a UTC day, and forget the delivery receipts
    that nothing can count any more, and the data quality results of long ago.

    For the parameters see :func:`~sms_monitoring.retention.retire.retire`. A table's first failure ends the work on
    that table, so that its partitions always go in order; the other tables go on.

    :raises RetentionError: at the end, naming each table that failed and why.
    """
    failures = _Failures()
    retired = _retire(conn, today, failures, archive_url=archive_url, conn_id=conn_id, lock_timeout=lock_timeout)
    failures.raise_if_any()
    return retired


def run_retention(
    conn: Connection,
    today: date,
    *,
    days_ahead: int = DAYS_AHEAD,
    archive_url: str | None = None,
    conn_id: str | None = None,
    lock_timeout: timedelta = LOCK_TIMEOUT,
) -> RetentionReport:
    """Both of the above, first the partitions that tomorrow's rows need.

    :raises RetentionError: at the end, naming each table that failed and why.
    """
    failures = _Failures()
    created = _make(conn, today, days_ahead, failures)
    retired = _retire(conn, today, failures, archive_url=archive_url, conn_id=conn_id, lock_timeout=lock_timeout)
    report = RetentionReport(created, retired)
    log.info("retention for %s: %s", today, report)
    failures.raise_if_any()
    return report


def _make(conn: Connection, today: date, days_ahead: int, failures: _Failures) -> dict[str, int]:
    created = {}
    for policy in policies(conn):
        with failures.of(policy.table):
            created[policy.table] = make_ahead(conn, policy, today, days_ahead)
    return created


def _retire(
    conn: Connection,
    today: date,
    failures: _Failures,
    *,
    archive_url: str | None,
    conn_id: str | None,
    lock_timeout: timedelta,
) -> list[RetiredPartition]:
    done: list[RetiredPartition] = []
    for policy in policies(conn):
        with failures.of(policy.table):
            for partition in expired_of(conn, policy, today):
                retired = retire(conn, partition, archive_url, conn_id, lock_timeout)
                if retired:
                    log.info("%s", retired)
                    done.append(retired)
    with failures.of("sms_delivery_receipts"):
        forgotten = forget_receipts(conn)
        if forgotten:
            log.info("sms_delivery_receipts: %d receipts deleted", forgotten)
    with failures.of("sms_quality_runs"):
        forgotten = forget_quality(conn, today)
        if forgotten:
            log.info("sms_quality_runs: %d runs deleted", forgotten)
    return done


@dataclass(slots=True)
class _Failures:
    """The tables that failed, for one error at the end."""

    messages: list[str] = field(default_factory=list)

    @contextmanager
    def of(self, table: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            log.error("retention of %s failed: %s", table, error, exc_info=not isinstance(error, RetentionError))
            self.messages.append(f"{table}: {error}")

    def raise_if_any(self) -> None:
        if self.messages:
            raise RetentionError("retention failed for " + "; ".join(self.messages))
