"""The database as one pass meets it: impatient with locks, and cut off when the pass's time is up.

A server's time-outs help against a server that is busy. Against a network that swallows everything only the near end
can help, and against many short waits in a row only a limit for all of them.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psycopg.errors import LockNotAvailable, QueryCanceled

from sms_monitoring.dag_defaults import timezone

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sms_monitoring.db import Connection

    Connect = Callable[[], AbstractContextManager[Connection]]

log = logging.getLogger(__name__)

# A healthy pass takes seconds; the next one comes after ten minutes.
BUDGET = timedelta(minutes=4)
# A server that does not answer is a server that is gone.
CONNECT_SECONDS = 10
LOCK_TIMEOUT = "5s"
# Above db.LOCK_TIMEOUT: what waits for a lock is then told as such.
STATEMENT_TIMEOUT = "25s"
# One or two are bad luck.
WAITS_BORNE = 2


class DatabaseGoneError(Exception):
    """No connection could be opened; its cause says why."""


class OutOfTimeError(Exception):
    """The pass's time was up in this step, or before it began; its cause, where there is one, is what it met with."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class KeptWaitingError(Exception):
    """Too many statements were given up because they waited for a lock or took too long.

    :param waits: step → what it met with.
    """

    def __init__(self, waits: dict[str, BaseException]) -> None:
        super().__init__(", ".join(waits))
        self.waits = waits


def is_wait(error: BaseException) -> bool:
    """Whether it was given up for its waiting, and might well work a little later."""
    return isinstance(error, (LockNotAvailable, QueryCanceled))


@dataclass(slots=True, kw_only=True)
class Session:
    """Connections of one pass, one at a time; its time runs from entering it.

    :param connect: opens a connection as :func:`sms_monitoring.db.connect` does.
    :param budget: how long the pass may take. Then whatever its connection is doing fails.
    """

    connect: Connect
    budget: timedelta = BUDGET
    conn: Connection | None = None
    waits: list[tuple[str, BaseException]] = field(default_factory=list)
    opened: ExitStack = field(default_factory=ExitStack)
    is_late: bool = False
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _timer: threading.Timer | None = None

    def __enter__(self) -> Session:
        self._timer = threading.Timer(self.budget.total_seconds(), self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._close()

    def attempt(self, step: str, work: Callable[[Connection], Any]) -> BaseException | None:
        """Do it; returns what it met with. After a failure the next one gets a connection of its own.

        :param step: what is done, for people.
        :raises DatabaseGoneError: when there is no connection to be had.
        :raises OutOfTimeError: when the pass's time is up.
        :raises KeptWaitingError: at the third statement that was given up for its waiting.
        """
        if self.is_late:
            raise OutOfTimeError(step)
        conn = self._connection()
        try:
            work(conn)
        except Exception as error:
            self._close()
            if self.is_late:
                raise OutOfTimeError(step) from error
            if is_wait(error):
                self.waits.append((step, error))
                if len(self.waits) > WAITS_BORNE:
                    raise KeptWaitingError(dict(self.waits)) from error
            return error
        return None

    def attempt_again(self, step: str, work: Callable[[Connection], Any]) -> BaseException | None:
        """The same, and once more where it was given up for its waiting: no reason to wake somebody."""
        error = self.attempt(step, work)
        return self.attempt(step, work) if error is not None and is_wait(error) else error

    def _connection(self) -> Connection:
        if self.conn is None:
            try:
                conn = self.opened.enter_context(self.connect())
                with self._guard:
                    self.conn = conn
                # What the SELECTs of some alert types ask for is among the settings.
                conn.execute(
                    "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
                    " set_config('sms_monitoring.timezone', %s, false)",
                    (STATEMENT_TIMEOUT, LOCK_TIMEOUT, _zone()),
                )
            except Exception as error:
                self._close()
                raise DatabaseGoneError from error
            return conn
        return self.conn

    def _close(self) -> None:
        with self._guard:
            conn, self.conn = self.conn, None
        # Of a connection that is broken anyway nobody needs to hear.
        with suppress(Exception):
            if self.is_late and conn is not None:
                conn.close()
        with suppress(Exception):
            self.opened.close()

    def _cut(self) -> None:
        """End the connection under whoever waits for it, in another thread: also where the network is silent."""
        with self._guard:
            self.is_late = True
            with suppress(Exception):
                if self.conn is not None:
                    with socket.socket(fileno=os.dup(self.conn.fileno())) as far_side:
                        far_side.shutdown(socket.SHUT_RDWR)
        log.warning("the pass has taken %s and is stopped", self.budget)


def _zone() -> str:
    try:
        return timezone().key
    except ValueError:
        # The DAGs say so; no reason to be blind.
        return "UTC"
