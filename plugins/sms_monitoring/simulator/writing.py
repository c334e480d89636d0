"""Writes simulated rows into the product's tables."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from sms_monitoring.db import execute, fetch_all
from sms_monitoring.simulator import pgcopy
from sms_monitoring.simulator.arrays import NEVER, to_micros
from sms_monitoring.simulator.content import content_of
from sms_monitoring.simulator.rows import message_columns, user_columns
from sms_monitoring.simulator.snapshot import as_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from sms_monitoring.db import Connection
    from sms_monitoring.simulator.history import History

_CHUNK = 10_000  # rows: what fits into the processor's cache is written fastest

Batch = dict[str, pgcopy.Column]


def copy_all(conn: Connection, history: History, progress: Callable[[int, int], None] | None) -> int:
    """Write every row of a history into the empty tables; returns the number of messages."""
    with _indexed_afterwards(conn, "sms_messages"):
        messages = _copy(conn, "sms_messages", _messages(history, None, progress))
    _copy(conn, "user_sms_preferences", [_users(history, None)])
    return messages


def upsert_changes(
    conn: Connection, history: History, since: datetime, progress: Callable[[int, int], None] | None
) -> int:
    """Write the rows that were made or changed at or after ``since``; returns the number of messages."""
    execute(conn, "simulator/create_staging.sql")
    messages = _copy(conn, "simulated_messages", _messages(history, since, progress))
    _copy(conn, "simulated_users", [_users(history, since)])
    execute(conn, "simulator/upsert_messages.sql")
    execute(conn, "simulator/update_users.sql")
    return messages


def _messages(history: History, since: datetime | None, progress: Callable[[int, int], None] | None) -> Iterator[Batch]:
    now = to_micros(history.scenario.until)
    oldest = 0 if since is None else to_micros(since)
    days: list[date] = history.days(since)
    for number, lives in enumerate(history.play(days)):
        if progress:
            progress(number, len(days))
        for first in range(0, len(lives), _CHUNK):
            part = lives.take(np.arange(first, min(first + _CHUNK, len(lives))))
            shown = as_of(part, now)
            changed = shown.updated_at >= oldest
            part, shown = part.take(changed), shown.take(changed)
            content = content_of(part, history.users, history.incidents)
            yield message_columns(history.users, part, content, shown)
    if progress:
        progress(len(days), len(days))


def _users(history: History, since: datetime | None) -> Batch:
    opted_out_at = history.opted_out_at
    shown = np.where(opted_out_at < to_micros(history.scenario.until), opted_out_at, NEVER)
    changed = np.ones(len(shown), dtype=np.bool_)
    if since is not None:
        changed = (shown != NEVER) & (shown >= to_micros(since))
    return user_columns(history.users.take(changed), shown[changed])


@contextmanager
def _indexed_afterwards(conn: Connection, table: str) -> Iterator[None]:
    """Hold back a table's indexes while it is filled: building them at the end takes half the time."""
    indexes = fetch_all(conn, "simulator/secondary_indexes.sql", {"table": table})
    for index in indexes:
        conn.execute(f"DROP INDEX {index['name']}".encode())
    yield
    for index in indexes:
        conn.execute(index["definition"].encode())


def _copy(conn: Connection, table: str, batches: Iterable[Batch]) -> int:
    """Copy all batches in one COPY; returns the number of rows."""
    iterator = iter(batches)
    first = next(iterator, None)
    if first is None:
        return 0
    names = sql.SQL(", ").join(map(sql.Identifier, first))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    with conn.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.write(pgcopy.HEADER)
            for batch in chain([first], iterator):
                copy.write(pgcopy.rows(list(batch.values())))
            copy.write(pgcopy.TRAILER)
        return cursor.rowcount
