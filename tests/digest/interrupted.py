"""A connection to which something happens just before one statement. As a program, what happens is ``kill -9``::

python -m tests.digest.interrupted URI WORKER FILE
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.digest.send import send_digest
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable


class Interrupted:
    """Real in all but that ``happen`` runs before the statement of ``sql_file``."""

    def __init__(self, conn: db.Connection, sql_file: str, happen: Callable[[], object]) -> None:
        self._conn, self._statement, self._happen = conn, read_sql(sql_file).encode(), happen

    def execute(self, query, *args):
        if query == self._statement:
            self._happen()
        return self._conn.execute(query, *args)

    def __getattr__(self, name):
        return getattr(self._conn, name)


if __name__ == "__main__":
    uri, worker, sql_file = sys.argv[1:]
    with db.connect(uri) as conn:
        doomed = Interrupted(conn, sql_file, lambda: os.kill(os.getpid(), signal.SIGKILL))
        send_digest(doomed, date(2025, 6, 10), "team@example.com", "UTC", worker=worker)  # type: ignore[arg-type]
