"""Signs of life to the local stand-in of Healthchecks.io and Cronitor, over real HTTP."""

from __future__ import annotations

import json
import logging

import pytest

from sms_monitoring.heartbeat import HOURLY, WATCHDOG, HeartbeatError, NoHeartbeatError, Signal, beat, report_failed_run
from sms_monitoring.local.receivers import Receivers
from sms_monitoring.local.receivers.connections import CRONITOR_KEY, HOURLY_CHECK, ROUTING_KEY, WATCHDOG_CHECK
from tests.hooks.dripping import dripping
from tests.notify.far_sides import HttpFarSide, running

VARIABLE = f"AIRFLOW_CONN_{HOURLY.upper()}"
SECRET = "e0c1f2a3-b4d5-4e6f-8a9b-0c1d2e3f4a5b"


@pytest.fixture
def receivers(monkeypatch):
    with Receivers() as receivers:
        monkeypatch.setenv(VARIABLE, receivers.heartbeat_connection_uri)
        yield receivers


def connect(monkeypatch, convention: str | None = None, conn_id: str = HOURLY, **fields: object) -> None:
    connection = {"conn_type": "http", **fields, **({"extra": {"convention": convention}} if convention else {})}
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))


def arrived(receivers: Receivers) -> list[tuple[str, str, str]]:
    contents = [record["content"] for record in receivers.received("heartbeat", accepted=True)]
    return [(content["check"], content["signal"], content["note"]) for content in contents]


def test_a_sign_of_life_arrives(receivers):
    assert beat(note="hour done") == "alive told to 127.0.0.1"
    assert arrived(receivers) == [("sms-hourly-monitoring", "success", "hour done")]


def test_a_failed_run_is_told_where_the_convention_can(receivers):
    report_failed_run("sms_hourly_monitoring", "run x failed")
    assert arrived(receivers) == [("sms-hourly-monitoring", "fail", "run x failed")]


def test_a_dag_without_a_heartbeat_tells_nobody(receivers):
    report_failed_run("sms_daily_digest", "run x failed")
    assert receivers.received("heartbeat") == []


def test_the_watchdog_has_a_check_of_its_own(receivers, monkeypatch):
    connect(monkeypatch, conn_id=WATCHDOG, host=f"{receivers.url}/ping", password=WATCHDOG_CHECK)
    beat(WATCHDOG)
    assert arrived(receivers) == [("sms-watchdog", "success", "")]


def test_the_whole_address_may_be_the_password(receivers, monkeypatch):
    connect(monkeypatch, password=f"{receivers.url}/ping/{HOURLY_CHECK}")
    beat()
    assert len(arrived(receivers)) == 1


def test_cronitor(receivers, monkeypatch):
    connect(monkeypatch, "cronitor", host=f"{receivers.url}/p", password=f"{CRONITOR_KEY}/sms")
    beat(note="fine")
    beat(signal=Signal.FAILED, note="not fine")
    assert arrived(receivers) == [("sms", "success", "fine"), ("sms", "fail", "not fine")]


def test_pagerduty(receivers, monkeypatch):
    connect(monkeypatch, "pagerduty", host=receivers.url, password=ROUTING_KEY)
    assert beat(note="fine") == "alive told to 127.0.0.1"
    assert beat(signal=Signal.FAILED) == "pagerduty has no signal for failed"
    [record] = receivers.received("pagerduty", accepted=True)
    assert record["content"]["payload"]["severity"] == "info"


@pytest.mark.parametrize("password", [None, "<UUID of a check that expects a ping every hour>"])
def test_without_a_connection_there_is_no_heartbeat(monkeypatch, password):
    if password:
        connect(monkeypatch, host="https://hc-ping.com", password=password)
    else:
        monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(NoHeartbeatError, match=HOURLY):
        beat()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"host": "https://hc-ping.com"}, "has no password"),
        ({"host": "http://hc-ping.com", "password": SECRET}, "has an http address"),
        ({"host": "ftp://hc-ping.com", "password": SECRET}, "makes no http or https address"),
        ({"host": "https://hc ping.com", "password": SECRET}, "makes no http or https address"),
        ({"host": "https://hc-ping.com", "password": SECRET, "extra": {"convention": "carrier-pigeon"}}, "convention"),
    ],
)
def test_a_connection_that_makes_no_sense_is_told_with_what_to_do(monkeypatch, fields, fault):
    connect(monkeypatch, **fields)
    with pytest.raises(HeartbeatError, match=fault) as raised:
        beat()
    assert SECRET not in str(raised.value)


def test_a_check_that_is_not_known_is_no_success(receivers, monkeypatch):
    connect(monkeypatch, host=f"{receivers.url}/ping", password=SECRET)
    with pytest.raises(HeartbeatError, match="not found"):
        beat()


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_refusal_is_an_error(receivers, status):
    receivers.fail("heartbeat", status=status)
    with pytest.raises(HeartbeatError, match=f"answered {status}"):
        beat()


@pytest.mark.parametrize("fault", [{"stall": 3600}, {"refuse": True}, {"drop": True}, {"hang": 3600}])
def test_no_answer_is_an_error_that_names_no_secret(receivers, fault, caplog):
    receivers.fail("heartbeat", **fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(HeartbeatError, match="cannot be reached") as raised:
        beat(timeout=0.2)
    assert HOURLY_CHECK not in str(raised.value) + caplog.text


def test_an_answer_that_drips_is_waited_for_no_longer_than_three_time_outs(monkeypatch):
    with dripping() as port:
        connect(monkeypatch, host=f"http://127.0.0.1:{port}/ping", password=SECRET)
        with pytest.raises(HeartbeatError, match=r"cannot be reached: .*no answer within 0\.3 s"):
            beat(timeout=0.1)


def test_nobody_there(monkeypatch):
    connect(monkeypatch, host="http://127.0.0.1:1/ping", password=SECRET)
    with pytest.raises(HeartbeatError, match="cannot be reached") as raised:
        beat()
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_failed_heartbeat_breaks_no_callback(receivers, caplog):
    receivers.fail("heartbeat", status=500)
    report_failed_run("sms_hourly_monitoring", "run x failed")
    assert "answered 500" in caplog.text
    assert HOURLY_CHECK not in caplog.text


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("api/push/9fQ2bT7xLmN4?status=up&msg=OK", "Cannot POST /api/push/9fQ2bT7xLmN4"),
        ("ping/9fQ2bT7xLmN4?create=1", "no check 9fQ2bT7xLmN4"),
        ("hb?token=9fQ2bT7xLmN4", "unknown token ['9fQ2bT7xLmN4']"),
    ],
)
def test_a_refusal_that_quotes_the_token_is_told_without_it(monkeypatch, path, quoted):
    with running(HttpFarSide()) as far_side:
        far_side.status, far_side.body = 404, quoted
        connect(monkeypatch, host=f"http://127.0.0.1:{far_side.port}", password=path)
        with pytest.raises(HeartbeatError, match="answered 404") as raised:
            beat()
    assert "9fQ2bT7xLmN4" not in str(raised.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(receivers, monkeypatch, status):
    with running(HttpFarSide()) as far_side:
        far_side.status, far_side.location = status, f"{receivers.url}/ping/{HOURLY_CHECK}"
        connect(monkeypatch, host=f"http://127.0.0.1:{far_side.port}", password=SECRET)
        with pytest.raises(HeartbeatError, match="leads to a redirect") as raised:
            beat()
    assert SECRET not in str(raised.value)
    assert receivers.received("heartbeat") == []
