"""The thin edge to PostgreSQL: connections, transactions and locks.

Everything below works on a plain psycopg connection in autocommit mode, so that a transaction is
exactly what a ``with conn.transaction():`` block says. In Airflow, ``SmsMetricsHook`` hands it out.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Connection = psycopg.Connection[TupleRow]
Row = dict[str, Any]


def connect(uri: str | None = None) -> Connection:
    """Open an autocommit connection to ``uri``, by default ``SMS_MONITORING_DB_URI``.

    :raises RuntimeError: when neither is set.
    """
    uri = uri or os.environ.get("SMS_MONITORING_DB_URI")
    if not uri:
        raise RuntimeError("no database: set SMS_MONITORING_DB_URI (`make db` prints one; see .local/env)")
    return prepared(psycopg.connect(uri, autocommit=True))


def prepared(conn: Connection) -> Connection:
    """The connection with the session settings that this package counts on, whatever its role's defaults are.

    Read committed is one of them: who waited for a lock must then see what its holder committed.
    """
    conn.execute(
        "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';"
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


def lock(conn: Connection, *names: str) -> None:
    """Take the advisory lock called ``names`` until the transaction ends, waiting for it if need be.

    The schema is part of the name: two deployments in one database never wait for each other.
    """
    conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || %s, 0))", (":sms:" + ":".join(names),)
    )
