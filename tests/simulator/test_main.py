"""The command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.db import connect
from sms_monitoring.simulator import Incident, IncidentKind
from sms_monitoring.simulator.__main__ import main, parse_incidents

from .reading import value

UNTIL = datetime(2026, 3, 29, 10, 30, tzinfo=UTC)
TEN = datetime(2026, 3, 29, 10, tzinfo=UTC)


def test_it_makes_the_tables_fills_them_and_prints_a_summary(
    empty_database_uri: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMS_MONITORING_DB_URI", empty_database_uri)
    options = ["--days", "2", "--messages-per-day", "500", "--until", "2026-03-29T10:00Z"]
    assert main([*options, "--incident", "llm_failure:-1h:0h"]) == 0
    summary = json.loads(capsys.readouterr().out)
    with connect(empty_database_uri) as conn:
        assert value(conn, "SELECT count(*) FROM sms_messages") == summary["messages"] > 800
        assert value(conn, "SELECT count(*) FROM user_sms_preferences") == summary["users"] == 200
    assert summary["until"] == "2026-03-29T10:00:00+00:00"
    assert [incident["expected_alert_type"] for incident in summary["incidents"]] == ["llm_failure_critical"]

    assert main(options) == 2
    assert "holds rows already" in capsys.readouterr().err


def test_it_says_when_no_database_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SMS_MONITORING_DB_URI", raising=False)
    assert main([]) == 2
    assert "set SMS_MONITORING_DB_URI" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "llm_failure:-3h:-1h",
        "llm_failure:2026-03-29T07:00Z:2026-03-29T09:00Z",
        "llm_failure:2026-03-29T07:00:00:2026-03-29T11:00:00+02:00",
    ],
)
def test_times_of_incidents_are_iso_or_hours_before_the_end(text: str) -> None:
    hour = timedelta(hours=1)
    assert parse_incidents(text, UNTIL) == (Incident(IncidentKind.LLM_FAILURE, TEN - 3 * hour, TEN - hour),)


def test_all_incidents_at_once() -> None:
    assert {incident.kind for incident in parse_incidents("all:-3h:0h", UNTIL)} == set(IncidentKind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("llm_failure", "is not KIND:START:END, e.g. delivery_outage:-3h:0h"),
        ("power_cut:-3h:0h", "no incident kind 'power_cut'"),
        ("llm_failure:-3h:2026-13-01", "'2026-13-01' is neither ISO 8601 .* nor hours before the end"),
        ("llm_failure:-1h:-3h", "before it begins"),
    ],
)
def test_incidents_that_cannot_be_read_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_incidents(text, UNTIL)
