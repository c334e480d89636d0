"""What the stand-ins of Healthchecks.io and Cronitor make of a request."""

from __future__ import annotations

import pytest

from sms_monitoring.local.receivers.heartbeat_rules import judge_ping, judge_telemetry

KNOWN = {"uuid-1": "hourly"}


@pytest.mark.parametrize(
    ("kind", "signal"),
    [("", "success"), ("start", "start"), ("fail", "fail"), ("log", "log"), ("0", "success"), ("1", "fail")],
)
def test_what_a_ping_says(kind: str, signal: str) -> None:
    verdict = judge_ping(b"hello", check="uuid-1", kind=kind, known=KNOWN)
    assert verdict.accepted
    assert (verdict.status, verdict.answer) == (200, "OK")
    assert (verdict.content["check"], verdict.content["signal"], verdict.content["note"]) == ("hourly", signal, "hello")


def test_a_check_that_is_not_known_is_told_in_a_success() -> None:
    verdict = judge_ping(b"", check="uuid-2", kind="", known=KNOWN)
    assert (verdict.accepted, verdict.status, verdict.answer) == (False, 200, "OK (not found)")


@pytest.mark.parametrize("kind", ["stop", "256", "-1"])
def test_another_signal_is_refused(kind: str) -> None:
    assert judge_ping(b"", check="uuid-1", kind=kind, known=KNOWN).status == 400


@pytest.mark.parametrize(("state", "signal"), [("", "success"), ("complete", "success"), ("fail", "fail")])
def test_what_telemetry_says(state: str, signal: str) -> None:
    query = {"state": state, "message": "hello"}
    verdict = judge_telemetry(key="k", monitor="hourly", query=query, keys={"k"})
    assert verdict.accepted
    assert (verdict.content["signal"], verdict.content["note"]) == (signal, "hello")


@pytest.mark.parametrize(("key", "state", "status"), [("other", "fail", 403), ("k", "sleeping", 400)])
def test_telemetry_that_is_refused(key: str, state: str, status: int) -> None:
    assert judge_telemetry(key=key, monitor="hourly", query={"state": state}, keys={"k"}).status == status
