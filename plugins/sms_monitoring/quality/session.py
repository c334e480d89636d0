"""Great Expectations on one connection of our own: read only, quiet, and forgotten afterwards.

One connection, because the rows of a suite are a temporary view: with a view the library knows the columns and their
types, and reads none of the rows to find out; from a bare SELECT it would fetch them all.
"""

from __future__ import annotations

import io
import logging
import os
import time
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg import sql

from sms_monitoring import db
from sms_monitoring.quality.model import Plan
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from great_expectations.core.batch_definition import BatchDefinition

    from sms_monitoring.db import Connection
    from sms_monitoring.timeframe import Window

# A statement that takes longer ends as an error of its checks: the hour must not wait for the gate.
STATEMENT_TIMEOUT = {Plan.GATE: "20s", Plan.FULL: "300s"}
LIBRARY = "great_expectations"


class SessionError(RuntimeError):
    """The database user may not do what the checks need; says what to grant."""


@dataclass(slots=True)
class Session:
    """An open database session with a context of Great Expectations over it.

    :param statements: how many the library ran.
    :param seconds: how long the database took for them, as seen from here.
    """

    conn: Connection
    datasource: Any
    statements: int = 0
    seconds: float = 0.0
    _assets: int = field(default=0)

    def rows(self, name: str, rows_file: str) -> BatchDefinition[Any]:
        """The rows that ``include/sql/quality/rows/<rows_file>.sql`` selects, to be checked.

        :raises psycopg.Error: when they cannot be selected, say because a column is gone.
        """
        self._assets += 1
        # Temporary objects come first in every search_path: the name must be no table's.
        view = f"rows_of_{name}_{self._assets}"
        statement = sql.SQL("CREATE TEMPORARY VIEW {} AS {}").format(
            sql.Identifier(view),
            sql.SQL(read_sql(f"quality/rows/{rows_file}.sql")),
        )
        self.conn.execute("SET default_transaction_read_only = off")
        try:
            self.conn.execute(statement)
        finally:
            self.conn.execute("SET default_transaction_read_only = on")
        asset = self.datasource.add_table_asset(name=view, table_name=view)
        definition: BatchDefinition[Any] = asset.add_batch_definition_whole_table(name)
        return definition


@contextmanager
def open_session(uri: str, window: Window, now: datetime, plan: Plan) -> Iterator[Session]:
    """Connect, tell the session what to look at, and put Great Expectations over it.

    :param uri: of the database, as psycopg takes it.
    :raises SessionError: when the user may not make temporary views.
    """
    with quiet():
        library = load_library()
        with db.connect(uri) as conn:
            begun = db.fetch_one(
                conn,
                "quality/engine/begin.sql",
                {
                    "window_start": window.start,
                    "window_end": window.end,
                    "now": now,
                    "statement_timeout": STATEMENT_TIMEOUT[plan],
                },
            )
            if begun is None or not begun["may_make_views"]:
                raise SessionError(
                    "the user may not create temporary views in the database, which the checks need:"
                    " GRANT TEMPORARY ON DATABASE ... TO ..."
                )
            conn.execute("SET default_transaction_read_only = on")
            context = library.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False}
            yield _over(conn, context)


def load_library() -> Any:
    """Import Great Expectations, which takes seconds; it reports to nobody that it was used."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.validator import validation_graph

    # A statement that failed would be run three times; one that took minutes, too.
    validation_graph.MAX_METRIC_COMPUTATION_RETRIES = 1
    return great_expectations


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing of what the library logs, warns of or prints: it quotes values. What matters is in its results."""
    logger, nowhere = logging.getLogger(LIBRARY), logging.NullHandler()
    before = logger.propagate
    # Some of its loggers have levels of their own, so the way out is closed instead.
    logger.propagate = False
    logger.addHandler(nowhere)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeHandler(nowhere)
        logger.propagate = before


def _over(conn: Connection, context: Any) -> Session:
    import sqlalchemy
    from sqlalchemy.pool import StaticPool

    datasource = context.data_sources.add_sql(
        "sms_monitoring",
        # What the connection leads to, the creator knows; the library never sees a password.
        connection_string="postgresql+psycopg://",
        kwargs={"poolclass": StaticPool, "creator": lambda: conn, "isolation_level": "AUTOCOMMIT"},
    )
    session = Session(conn=conn, datasource=datasource)
    begun: list[float] = []

    def begin(*_: object) -> None:
        begun.append(time.perf_counter())

    def end(*_: object) -> None:
        session.statements += 1
        session.seconds += time.perf_counter() - begun.pop()

    engine = datasource.get_execution_engine().engine
    sqlalchemy.event.listen(engine, "before_cursor_execute", begin)
    sqlalchemy.event.listen(engine, "after_cursor_execute", end)
    return session
