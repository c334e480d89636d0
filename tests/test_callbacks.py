from __future__ import annotations

import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from sms_monitoring.callbacks import read_run, report_failure, report_success
from sms_monitoring.local.receivers import Receivers

NOW = datetime(2026, 3, 10, 11, 5, tzinfo=UTC)
DAG_ID = "sms_hourly_monitoring"
ADDRESSES = {
    "SLACK": "slack_connection_uri",
    "PAGERDUTY": "pagerduty_connection_uri",
    "SMTP": "smtp_connection_uri",
    "HEARTBEAT": "heartbeat_connection_uri",
}


def context(
    run: int = 10,
    kind: str = "scheduled",
    *,
    minutes: float = 2,
    dag_id: str = DAG_ID,
    deadline: object = "30 minutes",
    cleared: int = 0,
) -> dict:
    """As Airflow hands it to a DAG's callbacks: the run of one hour, which took so many minutes."""
    due = datetime(2026, 3, 10, run + 1, tzinfo=UTC)
    dag_run = SimpleNamespace(
        dag_id=dag_id,
        run_id=f"{kind}__2026-03-10T{run}",
        run_type=kind,
        run_after=due,
        data_interval_end=due,
        start_date=due,
        end_date=due + timedelta(minutes=minutes),
        clear_number=cleared,
    )
    return {
        "dag": SimpleNamespace(dag_id=dag_id, deadline=deadline),
        "dag_run": dag_run,
        "reason": "task_failure",
        "ti": SimpleNamespace(task_id="aggregate.messages"),
    }


def bare_context() -> dict:
    """What is left where no task is to blame, such as where the run was timed out."""
    return {"dag": SimpleNamespace(dag_id=DAG_ID), "run_id": "scheduled__2026-03-10T10", "reason": "timed_out"}


@pytest.fixture(autouse=True)
def memory(tmp_path, monkeypatch):
    monkeypatch.setenv("SMS_MONITORING_WATCHDOG_STATE", str(tmp_path / "watchdog.json"))


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as running:
        for name, attribute in ADDRESSES.items():
            monkeypatch.setenv(f"AIRFLOW_CONN_SMS_MONITORING_{name}", getattr(running, attribute))
        monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", "oncall@example.com")
        # Nobody listens there: the database is down, unless a test asks for it.
        database_at(monkeypatch, {"host": "127.0.0.1", "port": "1"})
        yield running


@pytest.fixture
def database(receivers, monkeypatch, database_uri, db):
    """The metrics database, at work."""
    database_at(monkeypatch, conninfo_to_dict(database_uri))
    return db


def database_at(monkeypatch, info: dict) -> None:
    connection = {
        "conn_type": "postgres",
        "host": info.get("host"),
        "port": int(info.get("port") or 5432),
        "schema": info.get("dbname"),
        "login": info.get("user"),
    }
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", json.dumps(connection))


def told(receivers: Receivers, channel: str) -> int:
    return len(receivers.received(channel, accepted=True))


def on_record(db: psycopg.Connection) -> tuple | None:
    return db.execute(
        "SELECT last_run_id, last_run_state, failures_in_a_row FROM sms_dag_status WHERE dag_id = %s", (DAG_ID,)
    ).fetchone()


# ── A run failed ──────────────────────────────────────────────────────────────────────────────


def test_a_failed_run_is_told_to_slack_and_pagerduty_though_the_database_is_down(receivers, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    report_failure(context())
    [record] = receivers.received("slack", accepted=True)
    assert "A DAG run of SMS monitoring failed" in record["content"]["text"]
    assert "aggregate.messages" in json.dumps(record["content"])
    assert f"https://airflow.example.com/dags/{DAG_ID}/runs/scheduled__2026-03-10T10" in json.dumps(record["content"])
    [incident] = receivers.incidents()
    assert (incident["status"], incident["dedup_key"]) == ("triggered", f"sms-monitoring/dag/{DAG_ID}")
    assert told(receivers, "email") == 0


@pytest.mark.parametrize("given", [context(), bare_context()])
def test_what_is_known_of_a_run(given):
    run = read_run(given, NOW)
    assert (run.dag_id, run.run_id, run.run_type) == (DAG_ID, "scheduled__2026-03-10T10", "scheduled")


def test_a_run_without_a_task_to_blame_is_told_too(receivers):
    report_failure(bare_context())
    assert (told(receivers, "slack"), told(receivers, "pagerduty")) == (1, 1)
    assert "timed out" in json.dumps(receivers.received("slack")[0]["content"])


def test_a_dag_that_fails_again_and_again_is_one_incident(receivers):
    for hour in (10, 11, 12):
        report_failure(context(hour))
    assert len(receivers.incidents()) == 1
    assert told(receivers, "slack") == 3


def test_slack_is_told_once_an_hour_of_the_clock(receivers):
    for minutes in (1, 30, 59):
        report_failure(context(minutes=minutes))
    assert (told(receivers, "slack"), told(receivers, "pagerduty")) == (1, 3)
    report_failure(context(minutes=61))
    assert (told(receivers, "slack"), told(receivers, "pagerduty")) == (2, 4)


def test_a_failure_that_nobody_heard_of_is_told_with_the_next(receivers):
    for channel in ("slack", "pagerduty", "email"):
        receivers.fail(channel, status=451 if channel == "email" else 500, times=1)
    report_failure(context(minutes=1))
    receivers.fail("pagerduty", status=500)
    report_failure(context(minutes=11))
    assert (told(receivers, "slack"), told(receivers, "pagerduty"), told(receivers, "email")) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["manual", "backfill"])
def test_what_a_person_started_pages_nobody(receivers, database, kind):
    report_failure(context(kind=kind))
    assert (told(receivers, "slack"), told(receivers, "pagerduty"), told(receivers, "heartbeat")) == (1, 0, 0)
    assert on_record(database) is None


def test_where_neither_takes_it_a_mail_goes_out(receivers):
    receivers.fail("slack", status=500)
    receivers.fail("pagerduty", status=500)
    report_failure(context())
    assert told(receivers, "email") == 1


def test_the_service_that_waits_for_heartbeats_is_told_too(receivers):
    report_failure(context())
    report_failure(context(dag_id="sms_daily_digest"))
    [record] = receivers.received("heartbeat", accepted=True)
    assert record["content"]["signal"] == "fail"


def test_without_a_connection_it_says_how_to_set_one_and_raises_nothing(monkeypatch, caplog):
    for name in (*ADDRESSES, "DB"):
        monkeypatch.delenv(f"AIRFLOW_CONN_SMS_MONITORING_{name}", raising=False)
    report_failure(context())
    assert "airflow connections add sms_monitoring_slack" in caplog.text
    assert "airflow connections add sms_monitoring_pagerduty" in caplog.text


@pytest.mark.parametrize("fault", [{"status": 500}, {"refuse": True}, {"drop": True}])
def test_a_channel_that_is_down_raises_nothing_and_shows_no_secret(receivers, caplog, fault):
    for channel in ("slack", "pagerduty", "email", "heartbeat"):
        receivers.fail(channel, **({"status": 451} if channel == "email" else fault))
    with caplog.at_level(logging.DEBUG):
        report_failure(context())
    for secret in ("XXXXXXXXXXXX", "0123456789abcdef0123456789abcdef", "11111111-2222"):
        assert secret not in caplog.text


@pytest.mark.parametrize("broken", [{}, {"dag_run": object()}, {"run_id": None}])
def test_a_context_that_says_nothing_raises_nothing(receivers, monkeypatch, broken):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    report_failure(broken)
    report_success(broken)
    assert told(receivers, "slack") == 1


# ── … and another succeeds ────────────────────────────────────────────────────────────────────


def test_the_next_success_takes_it_back(receivers, database):
    report_failure(context(10))
    report_failure(context(11))
    assert on_record(database) == ("scheduled__2026-03-10T11", "failed", 2)
    report_success(context(12))
    assert on_record(database) == ("scheduled__2026-03-10T12", "success", 0)
    [incident] = receivers.incidents()
    assert incident["status"] == "resolved"
    assert "works again" in receivers.received("slack")[-1]["content"]["text"]


def test_a_dag_that_goes_on_well_says_nothing(receivers, database):
    report_success(context(10))
    receivers.clear()
    for hour in (11, 12):
        report_success(context(hour))
    assert receivers.received() == []


def test_where_nobody_knows_pagerduty_is_told_which_ignores_what_it_does_not_know(receivers):
    report_success(context())
    assert (told(receivers, "pagerduty"), told(receivers, "slack")) == (1, 0)
    assert receivers.incidents() == []


def test_the_same_run_cleared_and_repaired_takes_it_back(receivers, database):
    report_failure(context(10))
    report_success(context(10, minutes=9))
    assert receivers.incidents()[0]["status"] == "resolved"


def test_the_watchdog_noting_the_success_first_hides_nothing(receivers, database):
    report_failure(context(10))
    database.execute(
        "UPDATE sms_dag_status SET last_run_id = %s, last_run_state = 'success', failures_in_a_row = 0,"
        " last_run_ended_at = %s",
        (context(11)["dag_run"].run_id, context(11)["dag_run"].end_date),
    )
    report_success(context(11))
    assert receivers.incidents()[0]["status"] == "resolved"
    assert "works again" in receivers.received("slack")[-1]["content"]["text"]
    report_success(context(12))
    assert told(receivers, "slack") == 2, "said once"


def test_a_failure_that_the_watchdog_noted_first_counts_once(receivers, database):
    report_failure(context(10))
    report_failure(context(10))
    assert on_record(database)[2] == 1


def test_a_run_of_before_changes_nothing_of_what_is_on_record_or_was_told(receivers, database):
    report_failure(context(12))
    report_success(context(10))
    assert on_record(database) == ("scheduled__2026-03-10T12", "failed", 1)
    assert [incident["status"] for incident in receivers.incidents()] == ["triggered"]


def test_a_failure_that_is_told_after_the_success_that_followed_it_is_taken_back_at_once(receivers, database):
    report_success(context(11))
    report_failure(context(10))
    assert [incident["status"] for incident in receivers.incidents()] == ["resolved"]
    assert "works again" in receivers.received("slack")[-1]["content"]["text"]


@pytest.mark.parametrize("has_history", [False, True])
def test_a_failure_for_want_of_the_database_is_taken_back_when_it_is_there_again(
    receivers, database, monkeypatch, has_history
):
    if has_history:
        report_success(context(9))
    with monkeypatch.context() as away:
        database_at(away, {"host": "127.0.0.1", "port": "1"})
        report_failure(context(10))
    assert receivers.incidents()[0]["status"] == "triggered"
    report_success(context(11))
    assert receivers.incidents()[0]["status"] == "resolved"
    assert "works again" in receivers.received("slack")[-1]["content"]["text"]
    report_success(context(12))
    assert told(receivers, "slack") == 2, "said once"


def test_killed_while_it_tells_it_is_taken_back_all_the_same(receivers, database, monkeypatch):
    def killed(*_args, **_kwargs):
        raise SystemExit

    report_success(context(9))
    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr("sms_monitoring.heartbeat.report_failed_run", killed)
        report_failure(context(10))
    report_success(context(11))
    assert receivers.incidents()[0]["status"] == "resolved"


def test_a_slow_run_that_ends_well_takes_back_that_it_was_late(receivers, database):
    report_success(context(10))
    receivers.clear()
    report_success(context(11, minutes=45))
    assert (told(receivers, "pagerduty"), told(receivers, "slack")) == (1, 1)


def test_a_cleared_run_has_no_deadline_that_anybody_was_told_of(receivers, database):
    report_success(context(10))
    receivers.clear()
    report_success(context(11, minutes=45, cleared=1))
    assert receivers.received() == []


def test_nobody_was_told_that_an_hour_of_the_past_is_late(receivers, database):
    report_success(context(10))
    receivers.clear()
    report_success(context(11, minutes=4 * 60))
    assert told(receivers, "slack") == 0


def test_a_database_that_says_nothing_holds_nothing_up(receivers, monkeypatch):
    report_failure(context(10))
    monkeypatch.setattr("sms_monitoring.callbacks.DATABASE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database_at(monkeypatch, {"host": "127.0.0.1", "port": str(silent.getsockname()[1])})
        report_success(context(11))
    assert receivers.incidents()[0]["status"] == "resolved"
    assert "works again" in receivers.received("slack")[-1]["content"]["text"]


@pytest.mark.parametrize("channel", ["slack", "pagerduty"])
def test_who_heard_of_the_failure_and_not_of_its_end_is_told_by_the_next_success(receivers, database, channel):
    report_failure(context(10))
    receivers.fail(channel, status=500, times=1)
    report_success(context(11))
    report_success(context(12))
    assert receivers.incidents()[0]["status"] == "resolved"
    assert "works again" in receivers.received("slack", accepted=True)[-1]["content"]["text"]
    receivers.clear()
    report_success(context(13))
    assert receivers.received() == []


def test_who_heard_that_it_works_again_hears_of_the_next_failure_and_of_no_end_twice(receivers, database):
    report_failure(context(11, minutes=2))
    receivers.fail("pagerduty", status=500)
    for minutes in (20, 25):
        report_success(context(11, minutes=minutes))
    assert len(receivers.received("slack", accepted=True)) == 2, "that it failed, and that it works again"
    report_failure(context(11, minutes=40))
    assert "failed" in receivers.received("slack", accepted=True)[-1]["content"]["text"]
    assert len(receivers.received("slack", accepted=True)) == 3


def test_a_late_word_of_an_old_failure_takes_no_newer_one_back(receivers, database, monkeypatch, database_uri):
    for hour in (9, 11):
        report_success(context(hour))
    with monkeypatch.context() as away:
        database_at(away, {"host": "127.0.0.1", "port": "1"})
        report_failure(context(12))
    report_failure(context(10))
    assert receivers.incidents()[0]["status"] == "triggered"


def test_without_a_database_too_the_newest_run_has_the_last_word(receivers):
    report_failure(context(12))
    report_failure(context(10))
    report_success(context(11))
    assert receivers.incidents()[0]["status"] == "triggered"
    report_success(context(13))
    assert receivers.incidents()[0]["status"] == "resolved"


def test_of_a_dag_without_a_deadline_nobody_was_told_that_it_was_late(receivers, database):
    report_success(context(10, deadline=None))
    report_success(context(11, minutes=600, deadline=None))
    assert receivers.received() == []


def test_a_manual_success_is_no_news(receivers, database):
    report_failure(context(10))
    report_success(context(11, kind="manual"))
    assert receivers.incidents()[0]["status"] == "triggered"
