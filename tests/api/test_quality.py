"""Data quality, from rows to JSON: the newest runs, what failed, which hours are bad."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from sms_monitoring.timeframe import HOUR, floor_hour
from tests.api.acting import refusal
from tests.api.quality_rows import MASKED, bad_hour, result, run
from tests.api.rows import aggregated

# Of a parameter: another number in each process would be another test.
NIL = UUID(int=0)


@pytest.fixture
def until() -> datetime:
    """End of the newest hour that is over."""
    return floor_hour(datetime.now(UTC))


def quality(client, name="vic"):
    answer = client(name).get("/quality")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def plan(found, name="gate"):
    return next(each for each in found["plans"] if each["plan"] == name)


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


# ── How things stand ─────────────────────────────────────────────────────────────────────────


def test_a_new_installation_has_checked_nothing_and_says_so(client):
    found = quality(client)
    assert (found["status"], found["headline"]) == ("never", "Nothing has been checked so far.")
    assert [(each["plan"], each["newest"], each["begun"]) for each in found["plans"]] == [
        ("gate", None, None),
        ("full", None, None),
    ]
    assert (found["bad_hours"], found["bad_families"], found["newest_hour"]) == (0, [], None)


def test_all_checks_passed(db, client, until):
    gate = run(db, until, checks=21)
    result(db, gate, "delivered_at_most_sent")
    run(db, until, "full", checks=80)
    found = quality(client)
    assert (found["status"], found["headline"]) == ("passed", "The newest numbers passed all checks.")
    newest = plan(found)["newest"]
    assert (newest["id"], newest["verdict"], newest["state"]) == (str(gate), "passed", "finished")
    assert (newest["checks"], newest["seconds"], newest["dag_run_url"]) == (21, 2.0, None)
    assert plan(found)["problems"] == []


def test_the_newest_is_the_one_over_the_newest_time_not_the_last_one_that_ran(db, client, until):
    newest = run(db, until)
    run(db, until - 24 * HOUR, verdict="critical", begun=until + timedelta(minutes=9))
    assert plan(quality(client))["newest"]["id"] == str(newest)


def test_a_bad_hour_is_said_before_all_else(db, client, until):
    aggregated(db, until - HOUR)
    gate = run(db, until, verdict="critical", failed_critical=1)
    result(db, gate, "delivered_at_most_sent", "failed", families=["delivery"])
    bad_hour(db, "delivery", until - HOUR, gate)
    bad_hour(db, "delivery", until - 3 * HOUR)
    found = quality(client)
    assert found["status"] == "critical"
    assert found["headline"] == (
        "The newest hour of delivery did not pass its critical data quality checks: alerts do not judge it."
    )
    assert (found["bad_families"], found["bad_hours"]) == (["delivery"], 2)
    assert found["newest_hour"] == iso(until - HOUR)


def test_a_critical_check_of_the_full_run_is_critical_too(db, client, until):
    run(db, until)
    run(db, until, "full", verdict="critical", failed_critical=2)
    found = quality(client)
    assert (found["status"], found["headline"]) == (
        "critical",
        "2 critical data quality checks failed in the daily full run.",
    )


@pytest.mark.parametrize(
    ("errors", "said"),
    [(3, "3 data quality checks could not be run"), (0, "Data quality checks could not be run")],
)
def test_what_could_not_be_checked_has_not_passed(db, client, until, errors, said):
    run(db, until, verdict="error", errors=errors, error="Great Expectations broke off")
    found = quality(client)
    assert found["status"] == "error"
    assert found["headline"] == f"{said} in the hourly gate: what they guard is not known."


def test_warnings_let_the_numbers_stand(db, client, until):
    run(db, until, verdict="warning", failed_warning=1)
    assert quality(client)["status"] == "warning"


@pytest.mark.parametrize(
    ("name", "age", "late", "said"),
    [
        ("gate", timedelta(hours=1), None, None),
        ("gate", timedelta(hours=5), 4, "The hourly gate is 4 hours overdue: what came since then is unchecked."),
        ("full", timedelta(hours=25), None, None),
        ("full", timedelta(hours=36), 12, "The daily full run is 12 hours overdue: what came since then is unchecked."),
    ],
)
def test_checks_that_are_overdue_are_late(db, client, name, age, late, said):
    now = datetime.now(UTC)
    run(db, now - age, name, begun=now - age)
    found = quality(client)
    assert plan(found, name)["late_hours"] == (late and pytest.approx(late, abs=0.1))
    assert (found["status"], found["headline"]) == (
        ("late", said) if said else ("passed", "The newest numbers passed all checks.")
    )


@pytest.mark.parametrize(("ago", "state"), [(timedelta(minutes=1), "running"), (timedelta(hours=3), "killed")])
def test_a_run_without_an_end_has_shown_nothing(db, client, until, ago, state):
    shown = run(db, until - 4 * HOUR)
    run(db, until, verdict=None, begun=datetime.now(UTC) - ago)
    found = plan(quality(client))
    assert found["newest"]["id"] == str(shown)
    assert (found["begun"]["state"], found["begun"]["verdict"], found["begun"]["seconds"]) == (state, None, None)


def test_one_that_was_done_again_is_not_mentioned(db, client, until):
    run(db, until, verdict=None)
    run(db, until, begun=until + timedelta(minutes=9))
    assert plan(quality(client))["begun"] is None


def test_the_gravest_problem_comes_first_with_a_masked_sample(db, client, until):
    gate = run(db, until, verdict="error")
    result(db, gate, "passed_one")
    result(db, gate, "a_warning", "failed", severity="warning")
    result(db, gate, "unknown", "error")
    result(
        db,
        gate,
        "delivered_at_most_sent",
        "failed",
        observed=3,
        element_count=96,
        unexpected_count=3,
        failing_rows=[MASKED],
        families=["delivery"],
        expected={"description": "no hour with delivered > sent"},
    )
    problems = plan(quality(client))["problems"]
    assert [each["check"] for each in problems] == ["delivered_at_most_sent", "unknown", "a_warning"]
    assert problems[0] == {
        "suite": "sms_metrics_hourly",
        "check": "delivered_at_most_sent",
        "severity": "critical",
        "status": "failed",
        "expectation": "UnexpectedRowsExpectation",
        "expected": {"description": "no hour with delivered > sent"},
        "observed": 3,
        "element_count": 96,
        "unexpected_count": 3,
        "failing_rows": [MASKED],
        "reason": "Nothing is delivered that was not sent.",
        "owner": "data-engineering",
        "families": ["delivery"],
        "error": None,
    }
    assert problems[1]["error"] == "column renamed_away does not exist"


def test_the_history_has_one_mark_an_hour_oldest_first(db, client, until):
    for hours in range(30):
        run(db, until - hours * HOUR, verdict="warning" if hours == 1 else "passed")
    # Checked again, and mended; killed in a third run.
    run(db, until - 2 * HOUR, verdict="critical", begun=until - 2 * HOUR + timedelta(minutes=1))
    run(db, until - 2 * HOUR, verdict=None, begun=until)
    marks = plan(quality(client))["history"]
    assert len(marks) == 24
    assert [mark["verdict"] for mark in marks[-3:]] == ["passed", "warning", "passed"]
    assert marks[-1]["window_end"] == iso(until)


def test_the_page_of_airflows_run_is_linked(db, client, until, airflow_app):
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import delete

    dag_id, run_id = "sms_daily_quality", "scheduled__2026-03-10T06:00:00+00:00"
    with create_session() as session:
        session.merge(DagBundleModel(name="tests"))
        session.flush()
        session.merge(DagModel(dag_id=dag_id, bundle_name="tests", fileloc="x.py"))
        session.flush()
        session.add(
            DagRun(
                dag_id=dag_id,
                run_id=run_id,
                logical_date=until,
                run_after=until,
                run_type=DagRunType.SCHEDULED,
                triggered_by=DagRunTriggeredByType.TIMETABLE,
            )
        )
    try:
        run(db, until, "full", dag_run_id=run_id)
        newest = plan(quality(client), "full")["newest"]
        assert newest["dag_run_url"] == f"dags/{dag_id}/runs/scheduled__2026-03-10T06%3A00%3A00%2B00%3A00"
    finally:
        with create_session() as session:
            session.execute(delete(DagRun).where(DagRun.dag_id == dag_id))
            session.execute(delete(DagModel).where(DagModel.dag_id == dag_id))


# ── Runs ─────────────────────────────────────────────────────────────────────────────────────


def test_runs_come_page_by_page_newest_first(db, client, until):
    runs = [str(run(db, until - hours * HOUR)) for hours in range(5)]
    vic = client("vic")
    first = vic.get("/quality/runs?limit=3").json()
    rest = vic.get(f"/quality/runs?limit=3&cursor={first['next_cursor']}").json()
    assert [each["id"] for each in first["data"] + rest["data"]] == runs
    assert rest["next_cursor"] is None


def test_runs_of_a_plan_with_a_verdict(db, client, until):
    run(db, until)
    run(db, until, "full")
    wanted = run(db, until, "full", verdict="critical")
    found = client("vic").get("/quality/runs?plan=full&verdict=critical").json()["data"]
    assert [each["id"] for each in found] == [str(wanted)]


def test_one_run_with_all_its_results(db, client, until):
    gate = run(db, until, verdict="critical")
    result(db, gate, "passed_one")
    result(db, gate, "failed_one", "failed")
    found = client("vic").get(f"/quality/runs/{gate}").json()["data"]
    assert found["id"] == str(gate)
    assert [(each["check"], each["status"]) for each in found["results"]] == [
        ("failed_one", "failed"),
        ("passed_one", "passed"),
    ]


def test_a_run_that_there_is_not(client):
    assert refusal(client("vic").get(f"/quality/runs/{uuid4()}")) == (404, "run_id")
    assert refusal(client("vic").get("/quality/runs/yesterday")) == (422, "run_id")


@pytest.mark.parametrize("query", ["plan=hourly", "verdict=fine", "limit=0", "cursor=x", "cursor=WyJhIiwgImIiXQ"])
def test_what_cannot_be_asked_is_refused_by_name(client, query):
    assert refusal(client("vic").get(f"/quality/runs?{query}")) == (422, query.partition("=")[0])


# ── Bad hours ────────────────────────────────────────────────────────────────────────────────


def test_bad_hours_come_page_by_page_newest_first(db, client, until):
    gate = run(db, until, verdict="critical")
    for hours in (2, 1):
        bad_hour(db, "generation", until - hours * HOUR)
        bad_hour(db, "delivery", until - hours * HOUR, gate, "unique_keys", "no_negative_values")
    vic, found, cursor = client("vic"), [], ""
    for _ in range(3):
        page = vic.get(f"/quality/bad-hours?limit=2{cursor}").json()
        found += page["data"]
        cursor = f"&cursor={page['next_cursor']}"
        if page["next_cursor"] is None:
            break
    assert [(each["family"], each["metric_hour"]) for each in found] == [
        ("delivery", iso(until - HOUR)),
        ("generation", iso(until - HOUR)),
        ("delivery", iso(until - 2 * HOUR)),
        ("generation", iso(until - 2 * HOUR)),
    ]
    assert (found[0]["checks"], found[0]["run_id"]) == (["unique_keys", "no_negative_values"], str(gate))


@pytest.mark.parametrize("cursor", ["x", "WzEsIDJd", "WyIyMDI2LTAzLTEwVDEwOjAwOjAwWiIsICJhXHUwMDAwIl0"])
def test_a_cursor_of_another_list_is_refused(client, cursor):
    assert refusal(client("vic").get(f"/quality/bad-hours?cursor={cursor}")) == (422, "cursor")


# ── Access ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/quality", "/quality/runs", "/quality/bad-hours", f"/quality/runs/{NIL}"])
def test_it_is_for_who_may_read_metrics(client, path):
    assert client(None).get(path).status_code == 401
    assert client("nell").get(path).status_code == 403
