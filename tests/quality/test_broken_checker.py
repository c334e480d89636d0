"""A checker that is broken marks nothing, says why, and turns the task red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import great_expectations.expectations as gxe
import psycopg
import pytest

from sms_monitoring.quality import gate, session
from sms_monitoring.quality.gate import QualityCheckError, check_hours
from sms_monitoring.quality.model import Plan, Suite
from sms_monitoring.quality.store import newest_runs
from tests.quality.conftest import NOW, WINDOW, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.db import Connection
    from tests.quality.conftest import Rows

ROLLUP = "SELECT metric_type, value_sum FROM sms_metrics_hourly"


@pytest.fixture
def suites(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> tuple[Suite, ...]:
    sound = check("sound", gxe.ExpectColumnValuesToNotBeNull(column="value_sum"), families=("delivery",))
    made = (rows.suite("one", "SELECT 1 AS value_sum", sound), rows.suite("two", ROLLUP, sound))
    monkeypatch.setattr(gate, "gate_suites", lambda: made)
    return made


def ends_early(db: Connection, uri: str, match: str) -> None:
    with pytest.raises(QualityCheckError, match=match):
        check_hours(db, uri, WINDOW, NOW)
    (run,) = newest_runs(db, Plan.GATE, 10)
    assert run["verdict"] == "error"
    assert run["error"]
    assert db.execute("SELECT count(*) FROM sms_bad_hours").fetchone() == (0,)


@pytest.mark.parametrize(
    ("owner", "method", "error"),
    [
        ("great_expectations.validator.v1_validator.Validator", "validate_expectation_suite", TypeError),
        ("great_expectations.execution_engine.SqlAlchemyExecutionEngine", "resolve_metric_bundle", AttributeError),
    ],
)
def test_an_update_of_the_library_that_breaks_it(
    db: Connection,
    database_uri: str,
    suites: tuple[Suite, ...],
    monkeypatch: pytest.MonkeyPatch,
    owner: str,
    method: str,
    error: type[Exception],
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error("unexpected keyword argument")

    monkeypatch.setattr(f"{owner}.{method}", broken)
    ends_early(db, database_uri, "unexpected keyword argument")


def test_a_user_who_may_not_make_temporary_views(db: Connection, database_uri: str, suites: tuple[Suite, ...]) -> None:
    (name,) = db.execute("SELECT current_database()").fetchone() or ("",)
    role = f"{name}_checks"
    db.execute(f'CREATE ROLE "{role}" LOGIN'.encode())
    try:
        db.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC'.encode())
        uri = psycopg.conninfo.make_conninfo(database_uri, user=role)
        ends_early(db, uri, "may not create temporary views .* GRANT TEMPORARY ON DATABASE")
    finally:
        db.execute(f'GRANT TEMPORARY ON DATABASE "{name}" TO PUBLIC'.encode())
        db.execute(f'DROP ROLE "{role}"'.encode())


def test_a_session_that_is_ended_between_two_suites(
    db: Connection, database_uri: str, suites: tuple[Suite, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    select: Callable[..., Any] = session.Session.rows

    def ended(self: session.Session, name: str, rows_file: str) -> Any:
        if name == "two":
            db.execute("SELECT pg_terminate_backend(%s)", (self.conn.info.backend_pid,))
        return select(self, name, rows_file)

    monkeypatch.setattr(session.Session, "rows", ended)
    ends_early(db, database_uri, "could not be run: ")


def test_a_table_that_somebody_else_has_locked(
    db: Connection, database_uri: str, suites: tuple[Suite, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session.STATEMENT_TIMEOUT, Plan.GATE, "200ms")
    with psycopg.connect(database_uri) as other:
        other.execute("LOCK TABLE sms_metrics_hourly")
        ends_early(db, database_uri, "statement timeout")


def test_not_one_check_that_could_be_run(
    db: Connection, database_uri: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = rows.suite("gone", "SELECT * FROM sms_gone", check("gone", gxe.ExpectTableRowCountToEqual(value=1)))
    monkeypatch.setattr(gate, "gate_suites", lambda: (gone,))
    ends_early(db, database_uri, "not one of 1 checks could be run; the first: UndefinedTable")
