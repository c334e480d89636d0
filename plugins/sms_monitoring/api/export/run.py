"""One export under way: a connection of its own, a chunk at a time."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

from sms_monitoring import db
from sms_monitoring.api import database
from sms_monitoring.api.errors import ApiError
from sms_monitoring.api.export.tables import TABLES

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Copy

CHUNK_BYTES = 256 * 1024
AT_ONCE = 2
# Neither a slow query nor a reader who stopped reading keeps a connection and one of few places for longer.
MAX_SECONDS = 900
SETTINGS = (
    "SET application_name = 'sms_monitoring_export'; SET lock_timeout = '5s';"
    f" SET statement_timeout = '{MAX_SECONDS}s'; SET default_transaction_read_only = on"
)

_places = threading.BoundedSemaphore(AT_ONCE)


class ExportEndedError(RuntimeError):
    """The export was ended before it was complete."""


class Export:
    """A table as CSV, with a line of column names first.

    :param name: one of :data:`sms_monitoring.api.export.tables.TABLES`.
    :param start: the first day; only where the table has a time.
    :param end: the last day.
    :raises ApiError: 503 when as many exports as may be are under way.
    :raises psycopg.Error: when the database is away, or refuses.
    """

    def __init__(self, name: str, start: date, end: date) -> None:
        if not _places.acquire(blocking=False):
            message = f"{AT_ONCE} exports are under way here, as many as there may be. Try again in a minute."
            raise ApiError(503, message, headers={"Retry-After": "60"})
        self._in_use = threading.Lock()
        self._is_open = True
        self._conn: psycopg.Connection[Any] | None = None
        try:
            self._copy = self._begin(name, start, end)
            # What is wrong with the query is found now, while the answer can still say so.
            self._first: bytes | None = self._fill()
        except BaseException:
            self.close()
            raise

    def read(self) -> bytes:
        """The next chunk; nothing at the end.

        :raises ExportEndedError: when it was closed meanwhile.
        :raises psycopg.Error: when the database went away, or the query took too long.
        """
        with self._in_use:
            if not self._is_open:
                raise ExportEndedError(f"the export was ended after {MAX_SECONDS} seconds, or its reader went away")
            first, self._first = self._first, None
            return self._fill() if first is None else first

    def close(self) -> None:
        """Give back the connection and the place; a query that runs is cancelled. May be called again."""
        conn = self._conn
        if conn is not None and not conn.closed and self._in_use.locked():
            # Somebody waits for rows: let them go.
            with suppress(psycopg.Error):
                conn.cancel_safe(timeout=2)
        with self._in_use:
            if not self._is_open:
                return
            self._is_open = False
            if conn is not None:
                conn.close()
            _places.release()

    def _begin(self, name: str, start: date, end: date) -> Copy:
        self._conn = conn = database.connect(SETTINGS)
        table = TABLES[name]
        wanted = {
            "table_name": name,
            "time_column": table.time,
            "order_columns": list(table.order),
            "left_out": list(table.without),
            "first_day": start,
            "last_day": end,
        }
        row = db.fetch_one(conn, "api/export/copy_statement.sql", wanted)
        if row is None:
            raise RuntimeError("a query for totals came back without a row")
        # Never left in order: close() ends the connection, and with it the COPY. Kept, or it would be ended at once.
        self._context = conn.cursor().copy(row["statement"].encode())
        copy: Copy = self._context.__enter__()
        return copy

    def _fill(self) -> bytes:
        # PostgreSQL sends a row at a time.
        chunk = bytearray()
        while len(chunk) < CHUNK_BYTES and (row := self._copy.read()):
            chunk += row
        return bytes(chunk)
