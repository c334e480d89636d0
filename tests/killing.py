"""kill -9 at a chosen step: runs a function in a process of its own and kills that process there."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from sms_monitoring import db as sms_db

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.db import Connection


def killed_before_statement(database_uri: str, number: int, work: Callable[[Connection], object]) -> bool:
    """Run ``work`` in a child that kills itself before its ``number``-th statement (from 0).

    Returns whether it got that far; False means that the work was complete before.
    """
    child = os.fork()
    if child == 0:
        try:
            with sms_db.connect(database_uri) as conn:
                work(_Fated(conn, number))  # type: ignore[arg-type]
            os._exit(0)
        except BaseException:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed instead of being killed"
    return False


class _Fated:
    """A connection that is real in all but its end."""

    def __init__(self, conn: Connection, statements_left: int) -> None:
        self._conn, self._left = conn, statements_left

    def _step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def execute(self, *args, **kwargs):
        self._step()
        return self._conn.execute(*args, **kwargs)

    def cursor(self, *args, **kwargs):
        self._step()
        return self._conn.cursor(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._conn, name)
