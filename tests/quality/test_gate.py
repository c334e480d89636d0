"""The gate: what it stores, which hours are bad, and what heals them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import great_expectations.expectations as gxe
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.quality import engine, gate
from sms_monitoring.quality.gate import MOST_UNSEEN, QualityCheckError, check_hours
from sms_monitoring.quality.model import Plan, Report, Suite, Verdict
from sms_monitoring.quality.store import begin_run, finish_run, forget_quality, newest_runs
from sms_monitoring.timeframe import Window
from tests.quality.conftest import HOUR, NOW, WINDOW, check

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from tests.quality.conftest import Rows

SELECT = """
    SELECT family, noticed_at FROM sms_dirty_hours
    WHERE metric_hour = current_setting('sms_monitoring.window_start')::timestamptz
"""
ONE_HOUR = timedelta(hours=1)


def no_row(name: str, family: str, severity: str = "critical", families: tuple[str, ...] = ()) -> object:
    query = f"SELECT family FROM {{batch}} WHERE family = '{family}'"
    return check(name, gxe.UnexpectedRowsExpectation(unexpected_rows_query=query), severity, families)


@pytest.fixture
def suite(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """A row of sms_dirty_hours makes the check fail that is called after its family."""
    made = rows.suite(
        "hour",
        SELECT,
        no_row("sent_is_right", "delivery", families=("delivery",)),
        no_row("texts_are_right", "generation", families=("generation", "delivery")),
        no_row("all_is_right", "everything"),
        no_row("looks_usual", "engagement", "warning", ("engagement",)),
    )
    monkeypatch.setattr(gate, "gate_suites", lambda: (made,))
    return made


def spoil(db: Connection, family: str, hour: object = HOUR) -> None:
    db.execute("INSERT INTO sms_dirty_hours (family, metric_hour) VALUES (%s, %s)", (family, hour))


def mend(db: Connection) -> None:
    db.execute("DELETE FROM sms_dirty_hours")


def bad(db: Connection) -> list[tuple[object, ...]]:
    return db.execute("SELECT metric_hour, family, checks FROM sms_bad_hours ORDER BY 1, 2").fetchall()


def test_a_clean_hour_is_stored_as_passed(db: Connection, database_uri: str, suite: Suite) -> None:
    (report,) = check_hours(db, database_uri, WINDOW, NOW, dag_run_id="scheduled__1")
    assert report.verdict is Verdict.PASSED
    run = db.execute(
        "SELECT plan, window_start, window_end, verdict, checks, failed_critical, failed_warning, errors, error,"
        " dag_run_id, finished_at > started_at FROM sms_quality_runs"
    ).fetchall()
    assert run == [("gate", WINDOW.start, WINDOW.end, "passed", 4, 0, 0, 0, None, "scheduled__1", True)]
    kept = db.execute("SELECT suite, check_name, severity, status FROM sms_quality_results ORDER BY 2").fetchall()
    assert kept == [
        ("hour", "all_is_right", "critical", "passed"),
        ("hour", "looks_usual", "warning", "passed"),
        ("hour", "sent_is_right", "critical", "passed"),
        ("hour", "texts_are_right", "critical", "passed"),
    ]
    assert bad(db) == []


def test_a_critical_failure_marks_its_families_hour(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery")
    spoil(db, "generation")
    (report,) = check_hours(db, database_uri, WINDOW, NOW)
    assert report.verdict is Verdict.CRITICAL
    assert bad(db) == [
        (HOUR, "delivery", ["sent_is_right", "texts_are_right"]),
        (HOUR, "generation", ["texts_are_right"]),
    ]
    row = db.execute(
        "SELECT status, observed, unexpected_count, failing_rows, reason, owner, families, expected"
        " FROM sms_quality_results WHERE check_name = 'sent_is_right'"
    ).fetchone()
    assert row is not None
    assert row[:7] == (
        "failed",
        1,
        1,
        [{"family": "delivery"}],
        "Because of sent_is_right.",
        "data-engineering",
        ["delivery"],
    )
    assert "unexpected_rows_query" in row[7]


def test_a_critical_failure_without_families_marks_all(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "everything")
    check_hours(db, database_uri, WINDOW, NOW)
    assert [family for _, family, _ in bad(db)] == sorted(FAMILIES)


def test_a_warning_is_stored_and_marks_nothing(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "engagement")
    (report,) = check_hours(db, database_uri, WINDOW, NOW)
    assert report.verdict is Verdict.WARNING
    assert bad(db) == []


def test_a_critical_check_that_cannot_be_run_marks_its_hour(
    db: Connection, database_uri: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = rows.suite("gone", "SELECT * FROM sms_gone", no_row("sent_is_right", "x", families=("delivery",)))
    sound = rows.suite("sound", SELECT, no_row("all_is_right", "everything"))
    monkeypatch.setattr(gate, "gate_suites", lambda: (gone, sound))
    (report,) = check_hours(db, database_uri, WINDOW, NOW)
    assert report.verdict is Verdict.ERROR
    assert bad(db) == [(HOUR, "delivery", ["sent_is_right"])]


def test_a_repaired_hour_heals_by_itself_with_the_next_run(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    mend(db)
    later = Window(WINDOW.end, WINDOW.end + ONE_HOUR)
    reports = check_hours(db, database_uri, later, NOW + ONE_HOUR)
    assert [(report.window, report.verdict) for report in reports] == [
        (WINDOW, Verdict.PASSED),
        (later, Verdict.PASSED),
    ]
    assert bad(db) == []


def test_an_hour_that_is_bad_for_long_is_let_be(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    mend(db)
    later = NOW + timedelta(days=8)
    window = Window.covering(later - ONE_HOUR, later - ONE_HOUR + timedelta(seconds=1))
    assert [report.window for report in check_hours(db, database_uri, window, later)] == [window]
    assert [hour for hour, _, _ in bad(db)] == [HOUR]


def test_of_many_bad_hours_those_looked_at_longest_ago_come_first(
    db: Connection, database_uri: str, suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MOST_AGAIN", 1)
    for back in (3, 2):
        spoil(db, "delivery", HOUR - back * ONE_HOUR)
        check_hours(db, database_uri, Window(HOUR - back * ONE_HOUR, HOUR - (back - 1) * ONE_HOUR), NOW)
    looked_at = [
        {report.window.start for report in check_hours(db, database_uri, WINDOW, NOW)} - {HOUR} for _ in range(3)
    ]
    assert looked_at == [{HOUR - 2 * ONE_HOUR}, {HOUR - 3 * ONE_HOUR}, {HOUR - 2 * ONE_HOUR}] or looked_at == [
        {HOUR - 3 * ONE_HOUR},
        {HOUR - 2 * ONE_HOUR},
        {HOUR - 3 * ONE_HOUR},
    ]


def test_a_rerun_keeps_since_when_an_hour_is_bad(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    before = db.execute("SELECT family, metric_hour, marked_at, checks FROM sms_bad_hours").fetchall()
    check_hours(db, database_uri, WINDOW, NOW)
    assert db.execute("SELECT family, metric_hour, marked_at, checks FROM sms_bad_hours").fetchall() == before
    assert len(newest_runs(db, Plan.GATE, 10)) == 2


def test_each_hour_of_a_window_is_checked_by_itself(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery", HOUR + ONE_HOUR)
    reports = check_hours(db, database_uri, Window(HOUR, HOUR + 3 * ONE_HOUR), NOW + 2 * ONE_HOUR)
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.CRITICAL, Verdict.PASSED]
    assert [hour for hour, _, _ in bad(db)] == [HOUR + ONE_HOUR]


def test_two_at_once_leave_what_one_leaves(db: Connection, database_uri: str, suite: Suite) -> None:
    spoil(db, "delivery")
    done = engine.run(database_uri, gate.gate_suites, WINDOW, NOW, Plan.GATE)
    started = threading.Barrier(2)

    def store() -> None:
        with sms_db.connect(database_uri) as conn:
            run_id = begin_run(conn, Plan.GATE, WINDOW)
            started.wait()
            finish_run(conn, run_id, done.report)

    threads = [threading.Thread(target=store) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bad(db) == [(HOUR, "delivery", ["sent_is_right"])]
    assert db.execute("SELECT count(*) FROM sms_quality_runs WHERE verdict = 'critical'").fetchone() == (2,)


def test_what_an_older_run_saw_does_not_undo_what_a_newer_one_saw(
    db: Connection, database_uri: str, suite: Suite
) -> None:
    older = begin_run(db, Plan.GATE, WINDOW)
    clean = engine.run(database_uri, gate.gate_suites, WINDOW, NOW, Plan.GATE).report
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    finish_run(db, older, clean)
    assert bad(db) == [(HOUR, "delivery", ["sent_is_right"])]


def test_a_run_that_was_killed_has_no_end_and_is_in_nobodys_way(
    db: Connection, database_uri: str, suite: Suite
) -> None:
    killed = begin_run(db, Plan.GATE, WINDOW)
    check_hours(db, database_uri, WINDOW, NOW)
    rows = db.execute(
        "SELECT id = %s, finished_at IS NULL, verdict FROM sms_quality_runs ORDER BY started_at", (killed,)
    )
    assert rows.fetchall() == [(True, True, None), (False, False, "passed")]
    assert [row["id"] == killed for row in newest_runs(db, Plan.GATE, 10)] == [False]


def test_a_crash_of_the_checks_is_an_error_and_marks_nothing(
    db: Connection, database_uri: str, suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    before = bad(db)

    def crash() -> tuple[Suite, ...]:
        raise ImportError("no module named great_expectations")

    monkeypatch.setattr(gate, "gate_suites", crash)
    mend(db)
    with pytest.raises(QualityCheckError, match="of 1 of 1 hours could not be run: ImportError"):
        check_hours(db, database_uri, WINDOW, NOW)
    (newest, _) = newest_runs(db, Plan.GATE, 10)
    assert (newest["verdict"], newest["checks"]) == ("error", 0)
    assert newest["error"].startswith("ImportError: no module named")
    assert bad(db) == before


def test_the_hour_itself_is_checked_before_those_that_were_bad(
    db: Connection, database_uri: str, suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(db, "delivery")
    check_hours(db, database_uri, WINDOW, NOW)
    later = Window(WINDOW.end, WINDOW.end + ONE_HOUR)
    check_hours(db, database_uri, later, NOW + ONE_HOUR)
    newest = db.execute("SELECT window_start FROM sms_quality_runs ORDER BY started_at DESC LIMIT 2").fetchall()
    assert newest == [(HOUR,), (later.start,)]
    monkeypatch.setattr(gate, "AGAIN_WITHIN", -ONE_HOUR)
    assert [report.window for report in check_hours(db, database_uri, later, NOW + ONE_HOUR)] == [later]


def test_an_hour_that_late_data_rewrote_is_checked_again(db: Connection, database_uri: str, suite: Suite) -> None:
    check_hours(db, database_uri, WINDOW, NOW)
    later = Window(WINDOW.end, WINDOW.end + ONE_HOUR)
    assert [report.window for report in check_hours(db, database_uri, later, NOW + ONE_HOUR)] == [later]
    db.execute(
        "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at)"
        " VALUES ('delivery', %s, clock_timestamp())",
        (HOUR,),
    )
    spoil(db, "delivery")
    check_hours(db, database_uri, later, NOW + ONE_HOUR)
    assert bad(db) == [(HOUR, "delivery", ["sent_is_right"])]
    mend(db)
    check_hours(db, database_uri, later, NOW + ONE_HOUR)
    assert [report.window for report in check_hours(db, database_uri, later, NOW + ONE_HOUR)] == [later]


def test_an_hour_whose_own_run_ended_early_is_checked_by_the_next(
    db: Connection, database_uri: str, suite: Suite
) -> None:
    """A time-out, a kill -9: the hour is marked by nobody, and may be as wrong as any."""
    db.execute(
        "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at) VALUES ('delivery', %s, %s)",
        (HOUR, HOUR + ONE_HOUR),
    )
    db.execute(
        "INSERT INTO sms_quality_runs (plan, window_start, window_end, started_at) VALUES ('gate', %s, %s, %s)",
        (WINDOW.start, WINDOW.end, WINDOW.end),
    )
    spoil(db, "delivery")
    later = Window(WINDOW.end, WINDOW.end + ONE_HOUR)
    check_hours(db, database_uri, later, NOW + ONE_HOUR)
    assert bad(db) == [(HOUR, "delivery", ["sent_is_right"])]


def test_of_many_unseen_hours_those_that_have_waited_longest_come_first(
    db: Connection, database_uri: str, suite: Suite
) -> None:
    hours = [HOUR - number * ONE_HOUR for number in range(1, MOST_UNSEEN + 2)]
    for number, hour in enumerate(hours):
        db.execute(
            "INSERT INTO sms_quality_runs (plan, window_start, window_end, started_at, finished_at, verdict)"
            " VALUES ('gate', %(hour)s, %(end)s, %(end)s, %(end)s, 'passed')",
            {"hour": hour, "end": hour + ONE_HOUR},
        )
        db.execute(
            "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at) VALUES ('delivery', %s, %s)",
            (hour, NOW - timedelta(minutes=number)),
        )
    reports = check_hours(db, database_uri, WINDOW, NOW)
    assert [report.window.start for report in reports] == [*reversed(hours[1:]), HOUR], "the newest rewritten waits"
    assert HOUR - ONE_HOUR in [report.window.start for report in check_hours(db, database_uri, WINDOW, NOW)]


def test_results_are_forgotten_after_400_days_and_bad_hours_after_90(
    db: Connection, database_uri: str, suite: Suite
) -> None:
    spoil(db, "delivery")
    for age in (399, 401, 402):
        check_hours(db, database_uri, WINDOW, NOW)
        db.execute(
            "UPDATE sms_quality_runs SET started_at = %s WHERE started_at > %s", (NOW - timedelta(days=age), NOW)
        )
    assert forget_quality(db, NOW.date(), batch=1) == 2
    assert forget_quality(db, NOW.date()) == 0
    assert db.execute("SELECT count(*) FROM sms_quality_results").fetchone() == (4,)
    assert len(bad(db)) == 1
    forget_quality(db, (HOUR + timedelta(days=90)).date())
    assert len(bad(db)) == 1
    forget_quality(db, (HOUR + timedelta(days=91)).date())
    assert bad(db) == []


def test_a_report_without_results_is_stored(db: Connection) -> None:
    finish_run(db, begin_run(db, Plan.FULL, WINDOW), Report(plan=Plan.FULL, window=WINDOW, error="ended"))
    assert [row["verdict"] for row in newest_runs(db, Plan.FULL, 1)] == ["error"]
