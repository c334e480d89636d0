"""Connections to the metrics database, kept open between requests."""

from __future__ import annotations

import threading
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import psycopg
from anyio.lowlevel import RunVar
from fastapi import Depends
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.concurrency import run_in_threadpool

from sms_monitoring import db
from sms_monitoring.api.errors import ApiError
from sms_monitoring.hooks.sms_metrics import CONN_ID, SmsMetricsHook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sms_monitoring.db import Connection

POOL_SIZE = 8
# One connection is left to the live stream. Whoever waits for a place holds no thread: were all of the server's threads
# to wait for a connection, those that have one would find no thread to go on in, and Airflow's own pages none at all.
PLACES = POOL_SIZE - 1
PLACE_SECONDS = 10.0
WAIT_SECONDS = 5.0
# Who waits looks up so often whether the database was found to be away: threads are few, and Airflow needs them, too.
LOOK_UP_SECONDS = 0.25
# A reader gives up rather than pile up; who waits for a row that a person holds, too.
SETTINGS = "SET application_name = 'sms_monitoring_api'; SET statement_timeout = '15s'; SET lock_timeout = '5s'"

_places: RunVar[anyio.Semaphore] = RunVar("sms_monitoring_places")
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
            return connect(SETTINGS)
        except Exception:
            _failed_at = time.monotonic()
            raise


def connect(settings: str) -> Any:
    """A connection apart from the pool, in autocommit mode; the caller closes it.

    :param settings: what to ``SET`` first.
    :raises psycopg.OperationalError: when the database is away, or Airflow's connection to it is missing or wrong.
    """
    try:
        conn: Any = SmsMetricsHook().get_conn()
    except psycopg.OperationalError:
        raise
    except Exception as error:
        # Its words may hold a secret.
        said = f"Airflow's connection {CONN_ID} is missing or cannot be used ({type(error).__name__})"
        raise psycopg.OperationalError(said) from error
    conn.autocommit = True
    db.prepared(conn).execute(settings)
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


@asynccontextmanager
async def place() -> AsyncIterator[None]:
    """One of :data:`PLACES`, in the order of arrival: only within may a request ask for a :func:`connection`.

    :raises ApiError: 503 when there is none within :data:`PLACE_SECONDS`.
    """
    places = _of_this_loop()
    try:
        with anyio.fail_after(PLACE_SECONDS):
            await places.acquire()
    except TimeoutError:
        message = "Too many requests are under way here. Try again in a moment."
        raise ApiError(503, message, headers={"Retry-After": "5"}) from None
    try:
        yield
    finally:
        places.release()


def _of_this_loop() -> anyio.Semaphore:
    try:
        return _places.get()
    except LookupError:
        places = anyio.Semaphore(PLACES, fast_acquire=True)
        _places.set(places)
        return places


async def _place_of_request() -> AsyncIterator[None]:
    async with place():
        yield


async def _of_request() -> AsyncIterator[Connection]:
    source = pool()
    async with place():
        conn = await run_in_threadpool(_wait, source)
        try:
            yield conn
        finally:
            # Not in a thread, so that it comes back whatever ends the request; in autocommit there is nothing to end.
            source.putconn(conn)


# What a route declares to get one. The scope gives it back before the answer is sent, not after.
Db = Annotated[psycopg.Connection[Any], Depends(_of_request, scope="function")]
# What a route declares that opens its :func:`connection` itself.
Place = Annotated[None, Depends(_place_of_request, scope="function")]
