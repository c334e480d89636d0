from __future__ import annotations

from types import SimpleNamespace

import pytest

from sms_monitoring.callbacks import report_failure
from sms_monitoring.local.receivers import Receivers

CONTEXT = {
    "dag_run": SimpleNamespace(dag_id="sms_hourly_monitoring", run_id="scheduled__2026-03-10"),
    "reason": "task_failure",
}


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as running:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", running.slack_connection_uri)
        yield running


def test_a_failed_run_is_told_to_slack(receivers):
    report_failure(CONTEXT)
    [record] = receivers.received("slack", accepted=True)
    assert "A DAG run of SMS monitoring failed" in record["content"]["text"]


def test_without_a_connection_it_says_how_to_set_one_and_raises_nothing(monkeypatch, caplog):
    monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", raising=False)
    report_failure(CONTEXT)
    assert "sms_monitoring_slack" in caplog.text


def test_slack_down_raises_nothing(receivers):
    receivers.fail("slack", status=500)
    report_failure(CONTEXT)
    assert receivers.received("slack", accepted=True) == []
