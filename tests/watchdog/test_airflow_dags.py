"""What Airflow answers through the Task SDK, as rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk.execution_time.comms import DagResult, GetDag, PreviousDagRunResult

from sms_monitoring.watchdog.airflow_dags import RUNS_COUNTED, SCHEDULED, DagStatus, look_at_dags, save
from tests.product import at

NOW = at("12:05")
HOURLY = "sms_hourly_monitoring"


class Airflow:
    """Answers like the supervisor of a task: ``runs`` of the hourly DAG, newest first; of the others there are none."""

    def __init__(self, *runs, paused=(), unknown=()):
        self.paused, self.unknown, self.asked = paused, unknown, 0
        self.runs = [self._run(number, *run.split()) for number, run in enumerate(runs)]

    def __call__(self, request):
        self.asked += 1
        if request.dag_id in self.unknown:
            raise LookupError("DAG_NOT_FOUND")
        if isinstance(request, GetDag):
            return self._dag(request.dag_id)
        runs = [run for run in self.runs if request.dag_id == HOURLY and run["logical_date"] < request.logical_date]
        return PreviousDagRunResult(dag_run=runs[0] if runs else None)

    def _dag(self, dag_id):
        fields = ("bundle_name", "bundle_version", "relative_fileloc", "owners", "next_dagrun")
        is_paused = dag_id in self.paused
        return DagResult(dag_id=dag_id, is_paused=is_paused, tags=[], **dict.fromkeys(fields))

    def _run(self, hours_ago, state, run_type="scheduled"):
        when = NOW - timedelta(hours=hours_ago + 1)
        return {
            "dag_id": HOURLY,
            "run_id": f"{run_type}-{hours_ago}",
            "logical_date": when,
            "data_interval_start": None,
            "data_interval_end": None,
            "run_after": when,
            "start_date": when,
            "end_date": when + timedelta(minutes=5) if state in ("success", "failed") else None,
            "run_type": run_type,
            "state": state,
            "consumed_asset_events": [],
            "partition_key": None,
        }


def hourly(airflow):
    return next(status for status in look_at_dags(NOW, airflow) if status.dag_id == HOURLY)


def test_all_scheduled_dags_are_looked_at_but_the_watchdogs_own():
    folder = Path(__file__).resolve().parents[2] / "dags"
    by_clock = {path.stem for path in folder.glob("*.py") if "schedule=None" not in path.read_text(encoding="utf-8")}
    assert set(SCHEDULED) == by_clock - {"sms_watchdog"}


def test_paused():
    found = {status.dag_id: status.is_paused for status in look_at_dags(NOW, Airflow(paused=["sms_daily_digest"]))}
    assert found == {dag_id: dag_id == "sms_daily_digest" for dag_id in SCHEDULED}


@pytest.mark.parametrize(
    ("runs", "failures", "newest"),
    [
        ([], 0, None),
        (["success", "failed"], 0, "scheduled-0"),
        (["failed", "success", "failed"], 1, "scheduled-0"),
        (["failed", "failed", "failed"], 3, "scheduled-0"),
        (["running", "queued", "failed", "failed", "success"], 2, "scheduled-2"),
        (["failed backfill", "failed", "success backfill", "failed manual", "success"], 2, "scheduled-1"),
        (["failed"] * 30, RUNS_COUNTED, "scheduled-0"),
        (["running"] * 300, 0, None),
    ],
)
def test_failures_in_a_row_are_those_of_the_newest_runs_that_are_over(runs, failures, newest):
    airflow = Airflow(*runs)
    status = hourly(airflow)
    assert (status.failures_in_a_row, status.last_run_id) == (failures, newest)
    assert airflow.asked < 50


def test_a_dag_that_airflow_does_not_know_hides_no_other():
    found = {status.dag_id for status in look_at_dags(NOW, Airflow(unknown=["sms_daily_quality"]))}
    assert found == set(SCHEDULED) - {"sms_daily_quality"}


def test_airflow_that_answers_for_none_is_an_error():
    with pytest.raises(RuntimeError, match="answered for none"):
        look_at_dags(NOW, Airflow(unknown=SCHEDULED))


def test_the_newest_look_is_kept(db):
    for failures, when in ((2, NOW), (5, NOW - timedelta(minutes=1))):
        save(db, [DagStatus(dag_id=HOURLY, is_paused=False, failures_in_a_row=failures)], when)
    rows = db.execute("SELECT failures_in_a_row, observed_at FROM sms_dag_status").fetchall()
    assert rows == [(2, NOW)]


def test_a_look_of_the_future_is_not_kept(db):
    save(db, [DagStatus(dag_id=HOURLY, is_paused=True)], at("2099-01-01 00:00"))
    save(db, [DagStatus(dag_id=HOURLY, is_paused=False)], NOW)
    assert db.execute("SELECT is_paused FROM sms_dag_status").fetchall() == [(False,)]


def test_a_failed_run_that_was_cleared_and_runs_again_has_not_succeeded_yet(db):
    """Otherwise who was told of the failure is never told that it is over: see record_run.sql."""

    def ended(run_id, state, when, failures):
        return DagStatus(
            dag_id=HOURLY,
            is_paused=False,
            last_run_id=run_id,
            last_run_state=state,
            last_run_ended_at=when,
            failures_in_a_row=failures,
        )

    def known():
        return db.execute("SELECT last_run_id, failures_in_a_row FROM sms_dag_status").fetchone()

    save(db, [ended("11:00", "failed", at("11:05"), 1)], at("11:10"))
    save(db, [ended("10:00", "success", at("10:05"), 0)], at("11:20"))  # 11:00 runs again
    assert known() == ("11:00", 1)
    save(db, [ended("11:00", "success", at("11:21"), 0)], at("11:30"))
    assert known() == ("11:00", 0)
