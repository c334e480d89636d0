"""Suites in front of a real PostgreSQL: what becomes of each check."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import great_expectations.expectations as gxe
import psycopg
import pytest

from sms_monitoring.quality import engine
from sms_monitoring.quality.model import CheckResult, Plan, Report, Status, Suite, Verdict
from tests.quality.conftest import NOW, WINDOW, check

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from tests.quality.conftest import Rows

NUMBERS = "SELECT n AS id, n % 2 = 0 AS even, 'sent_count' AS metric_type FROM generate_series(1, 50) AS n"


def run(uri: str, *suites: Suite) -> Report:
    return engine.run_suites(uri, suites, WINDOW, NOW, Plan.GATE)


def results(report: Report) -> dict[str, CheckResult]:
    assert report.error is None
    return {one.check: one for one in report.results}


def test_a_check_passes(database_uri: str, rows: Rows) -> None:
    suite = rows.suite(
        "numbers",
        NUMBERS,
        check("in_range", gxe.ExpectColumnValuesToBeBetween(column="id", min_value=1, max_value=50)),
        check("complete", gxe.ExpectColumnValuesToNotBeNull(column="id"), "warning", ("delivery",)),
    )
    report = run(database_uri, suite)
    assert report.verdict is Verdict.PASSED
    assert results(report)["in_range"].expected == {"column": "id", "min_value": 1, "max_value": 50}
    one = results(report)["complete"]
    assert (one.status, one.suite, one.expectation) == (Status.PASSED, "numbers", "ExpectColumnValuesToNotBeNull")
    assert (one.element_count, one.unexpected_count, one.failing_rows) == (50, 0, ())
    assert (one.reason, one.owner, one.families) == ("Because of complete.", "data-engineering", ("delivery",))


def test_a_failed_check_shows_at_most_20_rows_and_counts_them_all(database_uri: str, rows: Rows) -> None:
    suite = rows.suite("numbers", NUMBERS, check("small", gxe.ExpectColumnValuesToBeBetween(column="id", max_value=5)))
    report = run(database_uri, suite)
    assert report.verdict is Verdict.CRITICAL
    one = results(report)["small"]
    assert (one.status, one.element_count, one.unexpected_count, len(one.failing_rows)) == (Status.FAILED, 50, 45, 20)
    assert one.failing_rows[0] == {"id": 6, "even": True, "metric_type": "sent_count"}
    assert one.observed == {"unexpected_percent": 90.0, "missing_count": 0}


def test_rows_that_should_not_be_are_counted_and_shown(database_uri: str, rows: Rows) -> None:
    query = "SELECT id FROM {batch} WHERE id > 10 AND id % 2 = 0 ORDER BY id DESC"
    suite = rows.suite(
        "numbers",
        NUMBERS,
        check("none", gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT id FROM {batch} WHERE id > 50")),
        check("some", gxe.UnexpectedRowsExpectation(unexpected_rows_query=query), "warning"),
    )
    report = run(database_uri, suite)
    assert report.verdict is Verdict.WARNING
    assert results(report)["none"].status is Status.PASSED
    some = results(report)["some"]
    assert (some.expectation, some.unexpected_count, some.observed) == ("UnexpectedRowsExpectation", 20, 20)
    assert some.failing_rows[:2] == ({"id": 50}, {"id": 48})


def test_a_failing_aggregate_shows_what_it_saw(database_uri: str, rows: Rows) -> None:
    suite = rows.suite(
        "numbers",
        NUMBERS,
        check("few", gxe.ExpectTableRowCountToBeBetween(max_value=3)),
        check("highest", gxe.ExpectColumnMaxToBeBetween(column="id", max_value=3)),
        check("columns", gxe.ExpectTableColumnsToMatchSet(column_set=["id", "odd"], exact_match=True)),
        check("type", gxe.ExpectColumnValuesToBeOfType(column="id", type_="TEXT")),
    )
    seen = results(run(database_uri, suite))
    assert {name: one.status for name, one in seen.items()} == dict.fromkeys(seen, Status.FAILED)
    assert (seen["few"].observed, seen["highest"].observed, seen["type"].observed) == (50, 50, "INTEGER")
    assert seen["columns"].observed["details"]["mismatched"] == {
        "unexpected": ["even", "metric_type"],
        "missing": ["odd"],
    }


def test_the_session_says_what_to_look_at_and_cannot_write(database_uri: str, rows: Rows) -> None:
    select = """
        SELECT
            current_setting('sms_monitoring.window_start')::timestamptz AS window_start,
            current_setting('sms_monitoring.window_end')::timestamptz AS window_end,
            current_setting('sms_monitoring.now')::timestamptz AS now,
            current_setting('TimeZone') = 'UTC' AND current_setting('transaction_read_only')::boolean AS is_careful
    """
    never = gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT * FROM {batch}")
    (row,) = results(run(database_uri, rows.suite("session", select, check("never", never))))["never"].failing_rows
    assert row == {
        "window_start": "2026-11-20T10:00:00+00:00",
        "window_end": "2026-11-20T11:00:00+00:00",
        "now": "2026-11-20T11:03:00+00:00",
        "is_careful": True,
    }


def test_a_missing_column_is_an_error_not_a_failure(database_uri: str, rows: Rows) -> None:
    suite = rows.suite(
        "numbers",
        NUMBERS,
        check("gone", gxe.ExpectColumnValuesToNotBeNull(column="carier")),
        check("there", gxe.ExpectColumnValuesToNotBeNull(column="id")),
    )
    report = run(database_uri, suite)
    assert report.verdict is Verdict.ERROR
    assert results(report)["there"].status is Status.PASSED
    gone = results(report)["gone"]
    assert gone.status is Status.ERROR
    assert gone.error is not None
    assert 'column "carier"' in gone.error


def test_a_check_whose_statement_fails_takes_no_other_with_it(database_uri: str, rows: Rows) -> None:
    # All three are asked in one statement: it fails for the division by zero.
    select = "SELECT n AS id, 1 / (n - 7) AS broken FROM generate_series(1, 10) AS n"
    suite = rows.suite(
        "numbers",
        select,
        check("before", gxe.ExpectColumnMaxToBeBetween(column="id", max_value=10)),
        check("broken", gxe.ExpectColumnMaxToBeBetween(column="broken", max_value=10)),
        check("after", gxe.ExpectColumnMaxToBeBetween(column="id", max_value=3)),
    )
    seen = results(run(database_uri, suite))
    assert [seen[name].status for name in ("before", "broken", "after")] == [
        Status.PASSED,
        Status.ERROR,
        Status.FAILED,
    ]


def test_rows_that_cannot_be_selected_are_an_error_of_their_own_checks(database_uri: str, rows: Rows) -> None:
    sound = check("sound", gxe.ExpectColumnValuesToNotBeNull(column="id"))
    report = run(
        database_uri, rows.suite("gone", "SELECT * FROM sms_metrics_gone", sound), rows.suite("numbers", NUMBERS, sound)
    )
    assert [(one.suite, one.status) for one in report.results] == [("gone", Status.ERROR), ("numbers", Status.PASSED)]
    assert report.results[0].error == 'UndefinedTable: relation "‹…›" does not exist'
    assert report.verdict is Verdict.ERROR


def test_a_database_out_of_reach_ends_the_run_and_is_no_pass(rows: Rows) -> None:
    suite = rows.suite("numbers", NUMBERS, check("sound", gxe.ExpectColumnValuesToNotBeNull(column="id")))
    report = run("postgresql://ann:secret@127.0.0.1:1/example", suite)
    assert report.verdict is Verdict.ERROR
    assert report.error is not None
    assert report.error.startswith("OperationalError: connection failed")
    assert all(hidden not in report.error for hidden in ("ann", "secret", "example"))


def test_suites_that_cannot_be_loaded_end_the_run_and_are_no_pass(database_uri: str) -> None:
    def broken() -> tuple[Suite, ...]:
        raise ImportError("cannot import Ann")

    report = engine.run(database_uri, broken, WINDOW, NOW, Plan.GATE).report
    assert (report.verdict, report.error) == (Verdict.ERROR, "ImportError: cannot import ‹…›")


def test_no_suite_at_all_is_no_pass(database_uri: str) -> None:
    assert run(database_uri).verdict is Verdict.ERROR


def test_rows_with_a_percent_sign_are_read_as_they_are(database_uri: str, rows: Rows) -> None:
    select = "SELECT n FROM generate_series(1, 10) AS n WHERE n % 2 = 0 AND 'sent' LIKE 's%t'"
    suite = rows.suite("even", select, check("five", gxe.ExpectTableRowCountToEqual(value=5)))
    assert run(database_uri, suite).verdict is Verdict.PASSED


def test_a_suite_named_like_a_table_does_not_hide_the_table(db: Connection, database_uri: str, rows: Rows) -> None:
    db.execute("INSERT INTO sms_dirty_days (metric_date) VALUES ('2026-11-20')")
    query = "SELECT t.metric_date FROM sms_dirty_days AS t WHERE NOT EXISTS (SELECT 1 FROM {batch} AS b WHERE b.n = 2)"
    suite = rows.suite(
        "sms_dirty_days", "SELECT 1 AS n", check("sees", gxe.UnexpectedRowsExpectation(unexpected_rows_query=query))
    )
    assert results(run(database_uri, suite))["sees"].failing_rows == ({"metric_date": "2026-11-20"},)


def test_the_rows_are_never_fetched_to_learn_their_columns(database_uri: str, rows: Rows) -> None:
    many = "SELECT n AS id, repeat('x', 100) AS padding FROM generate_series(1, 300000) AS n"
    suite = rows.suite("many", many, check("few", gxe.UnexpectedRowsExpectation(unexpected_rows_query=many)))
    done = engine.run(database_uri, lambda: (suite,), WINDOW, NOW, Plan.GATE)
    (one,) = done.report.results
    assert (one.unexpected_count, len(one.failing_rows)) == (300_000, 20)
    with psycopg.connect(database_uri) as conn:
        assert conn.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'rows_of_%'").fetchone() == (0,)


def test_nothing_is_printed_and_the_library_logs_nothing(
    database_uri: str, rows: Rows, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    broken = gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT 'Ann Example'::integer FROM {batch}")
    run(database_uri, rows.suite("numbers", NUMBERS, check("broken", broken)))
    assert not [record for record in caplog.records if record.name.startswith("great_expectations")]
    assert "Ann" not in caplog.text
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("great_expectations").level == logging.NOTSET


def test_the_engine_is_light_until_it_runs() -> None:
    names = "engine, store, gate, full, docs, masking, vocabulary, command"
    code = f"import sys; from sms_monitoring.quality import {names}; print('great_expectations' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.strip() == "False"
