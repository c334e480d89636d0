"""Connections to the metrics database, kept open between requests."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
from fastapi import Depends
from psycopg_pool import ConnectionPool, PoolTimeout

from sms_monitoring import db
from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.db import Connection

POOL_SIZE = 8
WAIT_SECONDS = 5.0
# Who waits looks up so often whether the database was found to be away: threads are few, and Airflow needs them, too.
LOOK_UP_SECONDS = 0.25
# A reader gives up rather than pile up; who waits for a row that a person holds, too.
SETTINGS = (
    "SET application_name = 'sms_monitoring_api'; SET statement_timeout = '15s'; SET lock_timeout = '5s'"
    # So that times come out as answers have them.
    "; SET timezone = 'UTC'"
)

_lock = threading.Lock()
_pool: ConnectionPool[Any] | None = None
# When an attempt to connect last failed, by the monotonic clock.
_failed_at = float("-inf")


class HookConnection(psycopg.Connection[Any]):
    """Connects as Airflow's connection says now: a changed password counts from the next connection on."""

    @classmethod
    def connect(cls, conninfo: str = "", **_: Any) -> Any:
        """A connection with the settings that this package counts on."""
        global _failed_at  # noqa: PLW0603
        try:
            return cls._connected()
        except Exception:
            _failed_at = time.monotonic()
            raise

    @classmethod
    def _connected(cls) -> Any:
        conn: Any = SmsMetricsHook().get_conn()
        conn.autocommit = True
        db.prepared(conn)
        conn.execute(SETTINGS)
        return conn


def pool() -> ConnectionPool[Any]:
    """This process's pool, made when first asked; it connects when it must."""
    global _pool  # noqa: PLW0603 - one pool a process
    with _lock:
        if _pool is None:
            _pool = ConnectionPool(
                connection_class=HookConnection,
                min_size=0,
                max_size=POOL_SIZE,
                # The next request tries again; a pool that backs off would go on failing when the database is back.
                reconnect_timeout=0,
                check=ConnectionPool.check_connection,
                open=True,
                name="sms_monitoring_api",
            )
        return _pool


def close_pool() -> None:
    """Close all connections; the next request opens a new pool."""
    global _pool  # noqa: PLW0603
    with _lock:
        if _pool is not None:
            _pool.close()
            _pool = None


@contextmanager
def connection() -> Iterator[Connection]:
    """An autocommit connection for the length of the block.

    :raises psycopg_pool.PoolTimeout: when there is none within :data:`WAIT_SECONDS`; at once when the database is away.
    """
    source = pool()
    conn = _wait(source)
    try:
        with conn:
            yield conn
    finally:
        source.putconn(conn)


def _wait(source: ConnectionPool[Any]) -> Connection:
    began = time.monotonic()
    while True:
        try:
            conn: Connection = source.getconn(timeout=LOOK_UP_SECONDS)
        except PoolTimeout:
            if _failed_at >= began or time.monotonic() - began > WAIT_SECONDS:
                raise
        else:
            return conn


def _of_request() -> Iterator[Connection]:
    with connection() as conn:
        yield conn


# What a route declares to get one. The scope gives it back before the answer is sent, not after.
Db = Annotated[psycopg.Connection[Any], Depends(_of_request, scope="function")]
