"""The top of the dashboard, from rows to JSON. What the sentence says is tested in tests/overview."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sms_monitoring.timeframe import HOUR, floor_hour
from tests.alerts.incidents import incident
from tests.api.quality_rows import bad_hour, run
from tests.api.rows import aggregated, day, today

DAG = "sms_hourly_monitoring"


@pytest.fixture
def newest() -> datetime:
    """Start of the newest hour that is over."""
    return floor_hour(datetime.now(UTC)) - HOUR


@pytest.fixture
def airflow_runs(airflow_app):
    """``airflow_runs(hour)``: Airflow has the DAG and its run of that hour."""
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import delete

    def forget():
        with create_session() as session:
            session.execute(delete(DagRun).where(DagRun.dag_id == DAG))
            session.execute(delete(DagModel).where(DagModel.dag_id == DAG))

    def add(hour, *, paused=False):
        with create_session() as session:
            session.merge(DagBundleModel(name="tests"))
            session.flush()
            session.add(DagModel(dag_id=DAG, bundle_name="tests", is_paused=paused, fileloc="x.py"))
            session.flush()
            session.add(
                DagRun(
                    dag_id=DAG,
                    run_id=f"scheduled__{(hour + HOUR).isoformat()}",
                    logical_date=hour,
                    run_after=hour + HOUR,
                    run_type=DagRunType.SCHEDULED,
                    triggered_by=DagRunTriggeredByType.TIMETABLE,
                )
            )

    forget()
    yield add
    forget()


def overview(client, name="vic"):
    answer = client(name).get("/overview")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_new_installation_has_no_numbers_and_says_who_would_make_them(client):
    found = overview(client)
    assert found["health"]["status"] == "no_data"
    assert found["health"]["headline"].startswith("There are no numbers yet: sms_hourly_monitoring")
    assert found["today"]["hours"] == 0
    assert {item["value"] for item in found["today"]["items"]} == {None}
    assert found["freshness"]["dag_run_url"] == "dags/sms_hourly_monitoring"


def test_all_is_well(db, client, newest, airflow_runs):
    aggregated(db, newest)
    day(db, today(), sent=1)
    airflow_runs(newest)
    found = overview(client)
    assert found["health"]["status"] == "healthy"
    freshness = found["freshness"]
    assert (freshness["stale"], freshness["hours_behind"], freshness["paused"]) == (False, 0, False)
    assert freshness["newest_hour"] == newest.isoformat().replace("+00:00", "Z")
    assert freshness["view_refreshed_at"].endswith("Z")
    assert freshness["dag_run_url"] == (
        f"dags/{DAG}/runs/scheduled__{(newest + HOUR).isoformat()}".replace(":", "%3A").replace("+", "%2B")
    )
    assert found["open_incidents"] == {"critical": 0, "warning": 0, "info": 0}


def test_a_paused_dag_is_named_as_the_reason(db, client, newest, airflow_runs):
    old = newest - 4 * HOUR
    aggregated(db, old)
    airflow_runs(old, paused=True)
    found = overview(client)
    assert found["health"]["status"] == "stale"
    assert found["health"]["headline"] == f"Numbers are 4 hours old: {DAG} is paused."
    assert (found["freshness"]["stale"], found["freshness"]["paused"]) == (True, True)


def test_open_incidents_are_counted_by_severity(db, client, newest):
    aggregated(db, newest)
    incident(db, "delivery_rate_critical")
    incident(db, "llm_cost_spike_warning")
    incident(db, "opt_out_rate_warning")
    found = overview(client)
    assert found["open_incidents"] == {"critical": 1, "warning": 2, "info": 0}
    assert found["health"]["status"] == "critical"
    assert len(found["health"]["details"]) == 3


def test_an_hour_that_did_not_pass_its_checks_is_said(db, client, newest):
    aggregated(db, newest)
    assert overview(client)["freshness"]["quality"] is None
    run(db, newest + HOUR, verdict="critical", failed_critical=1)
    bad_hour(db, "delivery", newest)
    found = overview(client)
    said = "The newest hour of delivery did not pass its critical data quality checks: alerts do not judge it."
    assert (found["health"]["status"], found["health"]["headline"]) == ("critical", said)
    assert found["freshness"]["quality"] == said


def test_it_is_for_readers(client):
    assert client("nell").get("/overview").status_code == 403
