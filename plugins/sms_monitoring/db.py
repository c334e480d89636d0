"""The thin edge to PostgreSQL: connections, transactions and locks.

Everything below works on a plain psycopg connection in autocommit mode, so that a transaction is
exactly what a ``with conn.transaction():`` block says. In Airflow, ``SmsMetricsHook`` hands it out.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import DeadlockDetected
from psycopg.rows import TupleRow, dict_row

from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Connection = psycopg.Connection[TupleRow]
Row = dict[str, Any]
Result = TypeVar("Result")

log = logging.getLogger(__name__)

DEADLOCKS_SURVIVED = 3
LOCK_TIMEOUT = "20s"


def connect(uri: str | None = None) -> Connection:
    """Open an autocommit connection to ``uri``, by default ``SMS_MONITORING_DB_URI``.

    :raises RuntimeError: when neither is set.
    """
    uri = uri or os.environ.get("SMS_MONITORING_DB_URI")
    if not uri:
        raise RuntimeError("no database: set SMS_MONITORING_DB_URI (`make db` prints one; see .local/env)")
    return prepared(psycopg.connect(uri, autocommit=True))


def dsn(conn: Connection) -> str:
    """How to connect again as ``conn`` did, password included: to be handed on, never to be shown."""
    return make_conninfo(conn.info.dsn, password=conn.info.password or None)


def prepared(conn: Connection) -> Connection:
    """The connection with the session settings that this package counts on, whatever its role's defaults are.

    Read committed is one of them: who waited for a lock must then see what its holder committed. UTC another: in a
    zone with daylight saving, Python takes the two hours of that night that read alike for one.
    """
    conn.execute(
        "SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';"
        " SET quote_all_identifiers = off; SET default_transaction_isolation = 'read committed'"
    )
    return conn


def fetch_all(conn: Connection, sql_file: str, params: Mapping[str, Any] | None = None) -> list[Row]:
    """Rows of the SELECT in ``sql_file`` (a name under ``include/sql``), each as a dict."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(read_sql(sql_file).encode(), params).fetchall()


def fetch_one(conn: Connection, sql_file: str, params: Mapping[str, Any] | None = None) -> Row | None:
    """First row of the SELECT in ``sql_file`` as a dict, or None."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(read_sql(sql_file).encode(), params).fetchone()


def execute(conn: Connection, sql_file: str, params: Mapping[str, Any] | None = None) -> int:
    """Run the statement in ``sql_file``; returns the number of rows it touched."""
    return conn.execute(read_sql(sql_file).encode(), params).rowcount


def execute_many(conn: Connection, sql_file: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run the statement in ``sql_file`` once for each of ``rows``, without waiting for each answer."""
    if rows:
        with conn.cursor() as cursor:
            cursor.executemany(read_sql(sql_file).encode(), rows)


def retried(work: Callable[[], Result]) -> Result:
    """What ``work`` returns: one transaction, done again where PostgreSQL ended it to free others from a deadlock."""
    for _ in range(DEADLOCKS_SURVIVED):
        try:
            return work()
        except DeadlockDetected:
            log.warning("the transaction met a deadlock and is done again")
    return work()


def wait_briefly(conn: Connection) -> None:
    """From here to the end of the transaction, give up after some seconds on a row that somebody holds.

    A person's forgotten COMMIT must not stop an alert type until its task times out.
    """
    conn.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))


def lock(conn: Connection, *names: str) -> None:
    """Take the advisory lock called ``names`` until the transaction ends, waiting for it if need be.

    The schema is part of the name: two deployments in one database never wait for each other.
    """
    conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || %s, 0))", (":sms:" + ":".join(names),)
    )
