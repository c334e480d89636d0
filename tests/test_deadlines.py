from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring import deadlines
from sms_monitoring.deadlines import hourly_deadline, late_message, report_late
from sms_monitoring.local.receivers import Receivers

NOW = datetime.now(UTC)


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as running:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", running.slack_connection_uri)
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY", running.pagerduty_connection_uri)
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SMTP", running.smtp_connection_uri)
        monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", "oncall@example.com")
        yield running


def context(**run: object) -> dict:
    """As Airflow hands it to a deadline's callback."""
    return {
        "dag_run": {
            "dag_id": "sms_hourly_monitoring",
            "dag_run_id": "scheduled__2026-03-10T10:00:00+00:00",
            "run_type": "scheduled",
            "state": "running",
            "queued_at": (datetime.now(UTC) - timedelta(minutes=31)).isoformat(),
            "data_interval_end": (NOW - timedelta(minutes=32)).isoformat().replace("+00:00", "Z"),
            **run,
        },
        "deadline": {"id": "…", "deadline_time": NOW.isoformat()},
    }


def test_a_late_run_is_one_incident_and_a_message(receivers):
    assert asyncio.run(report_late(context())) == "pagerduty: delivered, slack: delivered"
    asyncio.run(report_late(context()))
    [incident] = receivers.incidents()
    assert incident["dedup_key"] == "sms-monitoring/dag/sms_hourly_monitoring"
    assert "31 minutes ago" in receivers.received("slack", accepted=True)[0]["content"]["text"]


def test_where_neither_takes_it_a_mail_goes_out(receivers):
    receivers.fail("slack", status=500)
    receivers.fail("pagerduty", status=500)
    assert "email: delivered" in asyncio.run(report_late(context()))
    assert len(receivers.received("email", accepted=True)) == 1


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ({"state": "success"}, "the run has ended"),
        ({"state": "failed"}, "the run has ended"),
        ({"run_type": "backfill"}, "a backfill run"),
        ({"run_type": "manual"}, "a manual run"),
        ({"data_interval_end": (NOW - timedelta(hours=5)).isoformat()}, "an hour of the past"),
    ],
)
def test_what_needs_nobody_pages_nobody(receivers, run, why):
    assert why in asyncio.run(report_late(context(**run)))
    assert receivers.received() == []


def test_little_is_known_of_a_run_and_it_is_told_all_the_same():
    message = late_message({"dag_id": "x", "dag_run_id": "y"}, NOW)
    assert message.summary.startswith("x, run y, is not done.")


def test_the_dag_gets_a_deadline_after_it_was_queued(monkeypatch):
    monkeypatch.setenv("SMS_MONITORING_DEADLINE_MINUTES", "12.5")
    alert = hourly_deadline()
    assert alert.interval == timedelta(minutes=12.5)
    assert alert.reference.reference_name == "DagRunQueuedAtDeadline"
    assert alert.callback.path == "sms_monitoring.deadlines.report_late"


def test_half_an_hour_is_the_usual_deadline(monkeypatch):
    monkeypatch.delenv("SMS_MONITORING_DEADLINE_MINUTES", raising=False)
    assert deadlines.deadline() == timedelta(minutes=30)


@pytest.mark.parametrize("value", ["soon", "0", "-5", "1440", "nan"])
def test_nonsense_is_refused(monkeypatch, value):
    monkeypatch.setenv("SMS_MONITORING_DEADLINE_MINUTES", value)
    with pytest.raises(ValueError, match="not a number of minutes like 30"):
        deadlines.deadline()
