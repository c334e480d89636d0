"""The tasks that send signs of life: when they do, and when they are skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.exceptions import AirflowSkipException

from sms_monitoring import tasks
from sms_monitoring.heartbeat import HeartbeatError
from sms_monitoring.local.receivers import Receivers
from sms_monitoring.local.receivers.connections import WATCHDOG_CHECK, heartbeat_connection
from sms_monitoring.timeframe import HOUR, floor_hour


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as receivers:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_HEARTBEAT", receivers.heartbeat_connection_uri)
        watchdog = heartbeat_connection(receivers.url, WATCHDOG_CHECK)
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_WATCHDOG_HEARTBEAT", watchdog)
        yield receivers


def in_a_run(monkeypatch, *, kind: str = "scheduled", age: timedelta = timedelta(0)) -> None:
    """The task runs in a run over the newest complete hour, or one that is so much older."""
    end = floor_hour(datetime.now(UTC) - age)
    context = {
        "dag_run": SimpleNamespace(run_type=DagRunType(kind)),
        "data_interval_start": end - HOUR,
        "data_interval_end": end,
    }
    monkeypatch.setattr(tasks, "get_current_context", lambda: context)


@pytest.mark.parametrize("kind", ["scheduled", "manual"])
def test_the_newest_hour_is_a_sign_of_life(receivers, monkeypatch, kind):
    in_a_run(monkeypatch, kind=kind)
    assert tasks.send_heartbeat() == "alive told to 127.0.0.1"
    [record] = receivers.received("heartbeat", accepted=True)
    assert record["content"]["check"] == "sms-hourly-monitoring"
    assert record["content"]["note"].endswith("UTC done")


@pytest.mark.parametrize("run", [{"kind": "backfill"}, {"age": timedelta(hours=5)}])
def test_history_is_none(receivers, monkeypatch, run):
    in_a_run(monkeypatch, **run)
    with pytest.raises(AirflowSkipException, match="hour of the past"):
        tasks.send_heartbeat()
    assert receivers.received("heartbeat") == []


def test_without_a_connection_the_task_is_skipped_and_says_so(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_HEARTBEAT", raising=False)
    in_a_run(monkeypatch)
    with pytest.raises(AirflowSkipException, match="no Airflow connection 'sms_monitoring_heartbeat'"):
        tasks.send_heartbeat()


def test_a_heartbeat_that_does_not_get_through_fails_the_task_which_is_tried_again(receivers, monkeypatch):
    in_a_run(monkeypatch)
    receivers.fail("heartbeat", status=503, times=1)
    with pytest.raises(HeartbeatError, match="answered 503"):
        tasks.send_heartbeat()
    assert tasks.send_heartbeat() == "alive told to 127.0.0.1"


def test_the_watchdog_tells_its_own_check(receivers):
    tasks.send_watchdog_heartbeat()
    assert receivers.received("heartbeat", accepted=True)[0]["content"]["check"] == "sms-watchdog"
