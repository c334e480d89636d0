"""A pass of the watchdog over a real database, to real receivers."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import timedelta

import psycopg
import pytest

from sms_monitoring import __main__ as command_line
from sms_monitoring import db as sms_db
from sms_monitoring.sqlfiles import read_sql, sql_root
from sms_monitoring.timeframe import HOUR, floor_hour
from sms_monitoring.watchdog.run import watch
from sms_monitoring.watchdog.types import WATCHES
from tests.notify.samples import statuses
from tests.watchdog.rows import aggregated, dag, insert, notification, real_now

MINUTE = timedelta(minutes=1)


@pytest.fixture
def well(db):
    """An installation at work: the newest hour is aggregated, and Airflow says that all is fine."""
    aggregated(db, floor_hour(real_now()) - HOUR)
    for dag_id in ("sms_hourly_monitoring", "sms_alert_followup"):
        dag(db, dag_id, observed_at=real_now())


@pytest.fixture
def look(database_uri):
    """Make a pass."""

    def look(**kwargs):
        return watch(lambda: sms_db.connect(database_uri), **kwargs)

    return look


def firing(report):
    return report.as_dict()["firing"]


def told(receivers, channel):
    return [json.dumps(record["content"]) for record in receivers.received(channel, accepted=True)]


def incidents(db, alert_type):
    rows = db.execute(
        "SELECT entity, resolved_at IS NULL FROM sms_alert_history WHERE alert_type = %s ORDER BY triggered_at",
        (alert_type,),
    )
    return rows.fetchall()


# ── Seen, told, over ─────────────────────────────────────────────────────────────────────────


def test_all_is_well(db, well, receivers, look):
    report = look()
    assert report.as_dict() == {"firing": [], "sent": {}, "troubles": [], "untold": []}
    assert list(report.outcomes) == [alert.name for alert in WATCHES]
    assert receivers.received() == []


def test_only_after_an_earlier_pass_is_a_missing_memory_a_lost_one(db, well, receivers, look, memory):
    """PagerDuty is told that all is well where it cannot be known what it was told before."""
    memory.unlink()
    look()
    assert receivers.received("pagerduty") == []
    memory.unlink()
    look()
    assert len(receivers.received("pagerduty")) == 3


def test_what_is_not_well_is_told_in_the_same_pass_and_its_end_in_the_pass_that_finds_it(db, well, receivers, look):
    db.execute("UPDATE sms_dag_status SET is_paused = true WHERE dag_id = 'sms_hourly_monitoring'")
    report = look()
    assert (firing(report), report.sent) == (["dag_paused sms_hourly_monitoring"], {"slack": 1})
    [said] = told(receivers, "slack")
    assert "A DAG is paused at sms_hourly_monitoring" in said

    assert look().sent == {}, "said once"

    db.execute("UPDATE sms_dag_status SET is_paused = false")
    assert look().sent == {"slack": 1}
    assert incidents(db, "dag_paused") == [("sms_hourly_monitoring", False)]
    assert "over after" in told(receivers, "slack")[-1]


def test_the_same_hour_judged_again_fires_and_recovers_each_time(db, well, receivers, look):
    for failures in (0, 2, 0, 3, 0):
        db.execute("UPDATE sms_dag_status SET failures_in_a_row = %s WHERE dag_id = 'sms_alert_followup'", (failures,))
        assert len(firing(look())) == bool(failures)
    assert incidents(db, "dag_failing") == [("sms_alert_followup", False)] * 2


def test_an_hourly_run_that_does_not_come_is_one_page(db, receivers, look):
    aggregated(db, floor_hour(real_now()) - 4 * HOUR)
    db.execute("UPDATE sms_alert_thresholds SET created_at = now() - interval '2 days'")
    insert(
        db,
        "sms_alert_transitions",
        occurred_at=real_now() - timedelta(days=1),
        alert_type="delivery_rate_critical",
        entity="all",
        to_state="ok",
        reason="first",
    )
    report = look()
    assert {name.split()[0] for name in firing(report)} >= {"aggregation_late", "evaluations_missing"}
    pages = [incident["summary"] for incident in receivers.incidents()]
    assert [page for page in pages if "Aggregation" in page or "evaluated" in page] == [
        page for page in pages if "Aggregation is late" in page
    ]
    assert len([page for page in pages if "Aggregation is late" in page]) == 1
    [event] = [each for each in told(receivers, "pagerduty") if "Aggregation" in each]
    assert all(f"Aggregated through: {family}" in event for family in ("delivery", "generation", "recorded"))


def test_a_message_leads_to_its_runbook(db, well, receivers, look, monkeypatch):
    from sms_monitoring.links import DASHBOARD, DASHBOARD_LABEL
    from sms_monitoring.notify.message import Link

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    db.execute("UPDATE sms_dag_status SET is_paused = true")
    look(links=(Link(label=DASHBOARD_LABEL, url=f"https://airflow.example.com/{DASHBOARD}"),))
    [said] = told(receivers, "slack")
    assert "https://airflow.example.com/api/sms/metrics/runbooks/dag_paused" in said


def test_what_airflow_says_is_written_before_it_is_judged(db, well, receivers, look):
    def note(conn):
        conn.execute("UPDATE sms_dag_status SET is_paused = true WHERE dag_id = 'sms_alert_followup'")

    assert firing(look(before=note)) == ["dag_paused sms_alert_followup"]


def test_airflow_that_says_nothing_stops_nothing(db, well, receivers, look):
    def note(conn):
        raise RuntimeError("Airflow does not answer")

    report = look(before=note)
    assert (firing(report), report.troubles) == ([], [])


# ── By another way than what is broken ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "fallback"), [("slack", "email"), ("email", "slack"), ("pagerduty", "slack"), ("sms", "slack")]
)
def test_what_is_said_of_a_channel_is_said_in_its_fallback(db, well, receivers, look, channel, fallback):
    due = real_now() - 50 * MINUTE
    notification(db, channel, status="pending", attempts=4, last_error="it answered 500", next_attempt_at=due + HOUR)
    receivers.fail(channel, status=500) if channel != "email" else receivers.fail(channel, status=451)
    assert firing(look()) == [f"outbox_failing {channel}"]
    [said] = [each for each in told(receivers, fallback) if "keep failing" in each]
    assert f"at {channel}" in said

    receivers.recover()
    db.execute(
        "UPDATE sms_alert_notifications SET next_attempt_at = now() - interval '1 minute' WHERE status = 'pending'"
    )
    look()
    look()
    assert incidents(db, "outbox_failing") == [(channel, False)]
    ends = "SELECT channel FROM sms_alert_notifications WHERE event = 'resolve' AND status = 'sent'"
    assert (fallback,) in db.execute(ends).fetchall()


def test_a_stuck_outbox_is_told_and_delivered_in_one_pass(db, well, receivers, look):
    notification(db, "slack", next_attempt_at=real_now() - 30 * MINUTE)
    report = look()
    assert firing(report) == ["outbox_stuck slack"]
    assert set(statuses(db)) == {"sent"}
    assert report.sent == {"pagerduty": 1, "slack": 2, "email": 1}
    assert firing(look()) == []


def test_an_incident_that_reached_nobody_is_paged_directly(db, well, receivers, look):
    receivers.fail("slack", status=500)
    db.execute("UPDATE sms_dag_status SET is_paused = true WHERE dag_id = 'sms_hourly_monitoring'")
    report = look()
    assert report.as_dict()["troubles"] == ["Notifications do not go out: dag_paused sms_hourly_monitoring"]
    [incident] = receivers.incidents()
    assert incident["dedup_key"] == "sms-monitoring/watchdog/delivery"

    receivers.recover()
    db.execute("UPDATE sms_alert_notifications SET next_attempt_at = now() WHERE status = 'pending'")
    assert look().sent == {"slack": 1}
    assert [incident["status"] for incident in receivers.incidents()] == ["resolved"]


def test_when_nobody_can_be_told_at_all_it_says_so(db, well, no_connections, look):
    db.execute("UPDATE sms_dag_status SET is_paused = true")
    assert look().untold == ["delivery"]


def test_silenced_is_told_to_nobody_and_that_is_no_trouble(db, well, receivers, look):
    db.execute("SELECT sms_alert_silence('ann', 'maintenance', duration => '1 hour', alert_type => 'dag_paused')")
    db.execute("UPDATE sms_dag_status SET is_paused = true WHERE dag_id = 'sms_hourly_monitoring'")
    report = look()
    assert (firing(report), report.sent, report.troubles) == (["dag_paused sms_hourly_monitoring"], {}, [])
    assert receivers.received() == []


# ── Broken checks, broken database ───────────────────────────────────────────────────────────


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """Replace the SELECT of an alert type for this test."""

    def edited(alert_type, statement):
        root = tmp_path / "sql"
        if not root.exists():
            shutil.copytree(sql_root(), root)
            monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(root))
        (root / "alerts" / f"{alert_type}.sql").write_text(statement, encoding="utf-8")
        read_sql.cache_clear()

    return edited


@pytest.mark.parametrize("alert", WATCHES, ids=lambda alert: alert.name)
def test_a_broken_check_stops_no_other(db, well, receivers, look, edited, alert):
    edited(alert.name, "SELECT nothing FROM nowhere")
    db.execute("UPDATE sms_dag_status SET is_paused = true, failures_in_a_row = 2 WHERE dag_id = 'sms_alert_followup'")
    report = look()
    assert set(report.outcomes) == {each.name for each in WATCHES} - {alert.name}
    assert len(firing(report)) == (1 if alert.name.startswith("dag_") else 2)
    [page] = [each for each in told(receivers, "pagerduty") if "cannot see" in each]
    assert f'"{alert.name}": "UndefinedTable: relation \\"nowhere\\" does not exist"' in page.replace('\\\\"', '\\"')


def test_a_dropped_source_view_is_told_at_once(db, well, receivers, look):
    db.execute("DROP VIEW source_messages")
    look()
    [incident] = receivers.incidents()
    assert incident["dedup_key"] == "sms-monitoring/watchdog/evaluation"
    db.execute(
        "CREATE VIEW source_messages AS SELECT NULL::text AS message_id, NULL::timestamptz AS sent_at WHERE false"
    )
    look()
    assert [each["status"] for each in receivers.incidents()] == ["resolved"]


def test_a_check_that_works_the_second_time_wakes_nobody(db, well, receivers, look, edited):
    edited("dag_paused", "SELECT nothing FROM nowhere")
    mended = threading.Event()

    def clock():
        # The first retry begins after all types were tried: then it is mended.
        if (
            not mended.is_set()
            and db.execute("SELECT 1 FROM sms_alert_state WHERE alert_type = 'evaluations_missing'").fetchall()
        ):
            edited("dag_paused", "SELECT 'a'::text AS entity, 0 AS value, 1 AS sample_size")
            mended.set()
        return real_now()

    report = look(clock=clock)
    assert (mended.is_set(), report.troubles, receivers.received()) == (True, [], [])


def test_a_dropped_outbox_is_paged_directly(db, well, receivers, look):
    db.execute("DROP TABLE sms_alert_notifications CASCADE")
    report = look()
    assert {trouble.subject for trouble in report.troubles} == {"evaluation", "delivery"}
    assert report.untold == []
    assert {incident["dedup_key"] for incident in receivers.incidents()} == {
        "sms-monitoring/watchdog/evaluation",
        "sms-monitoring/watchdog/delivery",
    }
    assert 'relation \\"sms_alert_notifications\\" does not exist' in told(receivers, "pagerduty")[0].replace(
        "\\\\", "\\"
    )


def test_an_outbox_that_takes_no_rows_is_paged_directly(db, well, receivers, look):
    db.execute("ALTER TABLE sms_alert_notifications ADD CONSTRAINT full_up CHECK (id < 0) NOT VALID")
    db.execute("UPDATE sms_dag_status SET is_paused = true")
    report = look()
    assert [(trouble.subject, sorted(trouble.parts)) for trouble in report.troubles] == [("evaluation", ["dag_paused"])]
    assert [incident["status"] for incident in receivers.incidents()] == ["triggered"]
    assert "dag_paused" not in report.outcomes


def test_a_database_that_is_gone_is_paged_directly_and_once(receivers, well, database_uri, look):
    def nowhere():
        return sms_db.connect("postgresql://ann:s3cr3t@127.0.0.1:1/none")

    for _ in range(3):
        report = watch(nowhere)
        assert [trouble.subject for trouble in report.troubles] == ["database"]
    [incident] = receivers.incidents()
    assert (incident["status"], "cannot be reached" in incident["summary"]) == ("triggered", True)
    assert "s3cr3t" not in json.dumps(receivers.received())

    look()
    assert [incident["status"] for incident in receivers.incidents()] == ["resolved"]


def test_a_database_that_goes_in_the_middle_is_paged_too(db, well, postgres, database_uri, receivers):
    connections = []

    def connect():
        if connections:
            return sms_db.connect("postgresql://ann:s3cr3t@127.0.0.1:1/none")
        connections.append(sms_db.connect(database_uri))
        return connections[0]

    def clock():
        if not connections[0].closed and len(calls) == 5:
            db.execute("SELECT pg_terminate_backend(%s)", (connections[0].info.backend_pid,))
        calls.append(1)
        return real_now()

    calls: list[int] = []
    report = watch(connect, clock)
    assert [trouble.subject for trouble in report.troubles] == ["database"]
    assert len(receivers.incidents()) == 1


def test_a_connection_that_is_cut_is_opened_again(db, well, receivers, database_uri):
    connections = []

    def connect():
        connections.append(sms_db.connect(database_uri))
        return connections[-1]

    def clock():
        if len(connections) == 1:
            db.execute("SELECT pg_terminate_backend(%s)", (connections[0].info.backend_pid,))
        return real_now()

    report = watch(connect, clock)
    assert (len(connections), report.troubles, len(report.outcomes)) == (2, [], len(WATCHES))


def test_a_wrong_password_is_not_repeated(receivers, postgres):
    def connect():
        raise psycopg.OperationalError("invalid URI postgresql://ann:s3cr3t@host")

    watch(connect)
    assert "s3cr3t" not in json.dumps(receivers.received())


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("back", [30 * MINUTE, 3 * HOUR, timedelta(days=40)], ids=str)
def test_a_clock_that_was_put_back_stops_nothing(db, well, receivers, look, back):
    look()
    db.execute("UPDATE sms_dag_status SET is_paused = true, observed_at = now() WHERE dag_id = 'sms_alert_followup'")
    report = look(clock=lambda: real_now() - back)
    assert firing(report) == ["clock_skew all", "dag_paused sms_alert_followup"]
    assert report.troubles == []
    db.execute("UPDATE sms_dag_status SET is_paused = false")
    assert firing(look()) == []


# ── By hand ──────────────────────────────────────────────────────────────────────────────────


def test_the_command_tells_what_it_found(db, well, receivers, database_uri, monkeypatch, capsys):
    monkeypatch.setenv("SMS_MONITORING_DB_URI", database_uri)
    db.execute("UPDATE sms_dag_status SET is_paused = true WHERE dag_id = 'sms_hourly_monitoring'")
    assert command_line.main(["watchdog"]) == 0
    printed = capsys.readouterr().out
    assert "sms_hourly_monitoring: breach (past_threshold) → firing, new" in printed
    assert "delivered: 1 in slack" in printed


def test_the_command_fails_when_nobody_could_be_told(well, no_connections, monkeypatch, capsys):
    monkeypatch.setenv("SMS_MONITORING_DB_URI", "postgresql://ann:s3cr3t@127.0.0.1:1/none")
    assert command_line.main(["watchdog"]) == 1
    printed = capsys.readouterr().out
    assert "trigger of database: told NOBODY" in printed
    assert "s3cr3t" not in printed


def test_the_command_pages_nobody_for_a_setting_that_is_missing(receivers, monkeypatch, capsys):
    monkeypatch.delenv("SMS_MONITORING_DB_URI", raising=False)
    assert command_line.main(["watchdog"]) == 1
    assert "set SMS_MONITORING_DB_URI" in capsys.readouterr().err
    assert receivers.received() == []
