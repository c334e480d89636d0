"""Pages past the outbox, to real receivers: who is told, how often, and that the end comes where the beginning was."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from sms_monitoring.notify.message import Event
from sms_monitoring.watchdog.memory import Memory, default_path
from sms_monitoring.watchdog.pages import Pager, dedup_key
from sms_monitoring.watchdog.trouble import Subject, Trouble, database_is_gone, reason_of
from tests.product import at

NOW = at("12:00")
GONE = Trouble(
    subject=Subject.DATABASE,
    title="The metrics database cannot be reached",
    summary="Nothing works until it is back.",
    facts=(("Reason", "OperationalError: Connection refused"),),
)


@pytest.fixture
def tell(memory):
    def tell(trouble=GONE, after=timedelta(0)):
        with Memory(memory).open() as opened:
            return Pager(memory=opened, now=NOW + after).tell(trouble)

    return tell


@pytest.fixture
def clear(memory):
    def clear(*subjects, after=timedelta(0)):
        with Memory(memory).open() as opened:
            return Pager(memory=opened, now=NOW + after).clear(subjects or [Subject.DATABASE])

    return clear


def told(receivers, channel):
    return len(receivers.received(channel, accepted=True))


def test_pagerduty_is_told_and_nobody_else(receivers, tell):
    page = tell()
    assert (page.channel, page.event, page.is_new) == ("pagerduty", Event.TRIGGER, True)
    [incident] = receivers.incidents()
    assert incident["dedup_key"] == dedup_key(Subject.DATABASE) == "sms-monitoring/watchdog/database"
    assert (told(receivers, "slack"), told(receivers, "email")) == (0, 0)


def test_it_is_one_incident_however_often_it_is_told(receivers, tell, clear):
    for minutes in (0, 10, 20):
        tell(after=timedelta(minutes=minutes))
    assert [incident["status"] for incident in receivers.incidents()] == ["triggered"]

    [page] = clear(after=timedelta(minutes=30))
    assert (page.event, page.channel) == (Event.RESOLVE, "pagerduty")
    assert [incident["status"] for incident in receivers.incidents()] == ["resolved"]
    assert clear(after=timedelta(minutes=40)) == [], "said once"


def test_without_pagerduty_slack_is_told_and_without_slack_somebody_by_mail(receivers, tell):
    receivers.fail("pagerduty", status=500)
    assert tell().channel == "slack"
    receivers.fail("slack", status=500)
    assert tell(after=timedelta(hours=2)).channel == "email"
    [record] = receivers.received("email", accepted=True)
    assert "The metrics database cannot be reached" in json.dumps(record["content"])


def test_a_channel_that_is_not_set_up_is_passed_over(receivers, tell, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY")
    assert tell().channel == "slack"


def test_nobody_can_be_told(no_connections, tell):
    assert tell().channel is None


def test_slack_is_told_again_once_an_hour(receivers, tell):
    receivers.fail("pagerduty", status=500)
    pages = [tell(after=timedelta(minutes=minutes)) for minutes in range(0, 130, 10)]
    assert {page.channel for page in pages} == {"slack"}
    assert [page.is_new for page in pages].count(True) == told(receivers, "slack") == 3


def test_once_pagerduty_works_again_it_is_told_too_and_both_hear_the_end(receivers, tell, clear):
    receivers.fail("pagerduty", status=500)
    tell()
    receivers.recover("pagerduty")
    assert tell(after=timedelta(minutes=10)).channel == "pagerduty"

    assert {page.channel for page in clear(after=timedelta(minutes=20))} == {"pagerduty", "slack"}
    assert told(receivers, "slack") == 2


def test_something_new_is_told_at_once(receivers, tell):
    receivers.fail("pagerduty", status=500)
    blind = replace(GONE, subject=Subject.EVALUATION, facts=(("source_silent", "UndefinedTable"),))
    tell(blind)
    assert not tell(replace(blind, facts=(("source_silent", "LockNotAvailable"),)), timedelta(minutes=10)).is_new
    worse = replace(blind, facts=(*blind.facts, ("outbox_stuck", "UndefinedTable")))
    assert tell(worse, timedelta(minutes=20)).is_new


def test_an_end_that_cannot_be_told_is_told_later(receivers, tell, clear):
    tell()
    receivers.fail("pagerduty", status=500)
    assert clear(after=timedelta(minutes=10)) == []
    receivers.recover("pagerduty")
    assert [page.channel for page in clear(after=timedelta(minutes=20))] == ["pagerduty"]


def test_a_clock_that_was_put_back_silences_nobody(receivers, tell):
    receivers.fail("pagerduty", status=500)
    tell(after=timedelta(hours=5))
    assert tell().is_new


# ── What it remembers ────────────────────────────────────────────────────────────────────────


def test_a_lost_memory_opens_no_second_incident_and_leaves_none_open(receivers, tell, clear, memory):
    tell()
    memory.unlink()
    tell(after=timedelta(minutes=10))
    memory.unlink()
    clear(after=timedelta(minutes=20))
    assert [incident["status"] for incident in receivers.incidents()] == ["resolved"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        '{"database": 7}',
        '{"database": {"since": "noon"}}',
        '{"a": {}}',
        "[" * 100_000,
        '{"a": {"since": "0001-01-01T00:00:00+23:59"}}',
        '{"a": {"since": "2026-03-10T11:00:00+00:00", "channels": []}}',
    ],
)
def test_a_memory_that_makes_no_sense_is_begun_anew(receivers, tell, memory, text):
    memory.write_text(text)
    assert tell().channel == "pagerduty"
    assert list(json.loads(memory.read_text())) == ["database"]


def test_a_disk_that_cannot_be_written_stops_no_page(receivers, tell, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("in the way")
    with Memory(tmp_path / "file" / "watchdog.json").open() as opened:
        assert Pager(memory=opened, now=NOW).tell(GONE).channel == "pagerduty"
    assert "the same page may be sent again" in caplog.text


def test_two_at_once_tell_slack_once(receivers, memory):
    receivers.fail("pagerduty", status=500)

    def page():
        with Memory(memory).open() as opened:
            Pager(memory=opened, now=NOW).tell(GONE)

    threads = [threading.Thread(target=page) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(receivers, "slack") == 1


def test_it_lies_in_airflows_home_unless_told_otherwise(monkeypatch, tmp_path, memory):
    assert default_path() == memory
    monkeypatch.delenv("SMS_MONITORING_WATCHDOG_STATE")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    assert default_path() == tmp_path / "sms_monitoring" / "watchdog.json"


# ── What it says ─────────────────────────────────────────────────────────────────────────────


def test_a_reason_holds_no_secret_and_no_value(postgres, db):
    uris = [
        "postgresql://ann:s3cr3t@127.0.0.1:1/none",
        "postgresql://ann:s3cr3t@127.0.0.1:1x/none",
        "not a uri s3cr3t",
        postgres.uri("no_such_database"),
    ]
    said = []
    for uri in uris:
        with pytest.raises(psycopg.Error) as raised:
            psycopg.connect(uri)
        said.append(reason_of(raised.value))
    assert said == [
        "OperationalError: Connection refused",
        "OperationalError",
        "ProgrammingError",
        'OperationalError: database "no_such_database" does not exist',
    ]

    for statement in ("SELECT '+12025550143'::integer", "SELECT 1/0"):
        with pytest.raises(psycopg.Error) as raised:
            db.execute(statement.encode())
        assert "2025550143" not in reason_of(raised.value)
    with pytest.raises(psycopg.Error) as raised:
        db.execute("SELECT 1 FROM nothing")
    assert reason_of(raised.value) == 'UndefinedTable: relation "nothing" does not exist'
    assert reason_of(ValueError("s3cr3t")) == "ValueError"


def test_the_page_says_why(receivers, tell):
    with pytest.raises(psycopg.Error) as raised:
        psycopg.connect("postgresql://ann:s3cr3t@127.0.0.1:1/none")
    tell(database_is_gone(raised.value))
    [event] = receivers.received("pagerduty", accepted=True)
    assert event["content"]["payload"]["custom_details"] == {"Reason": "OperationalError: Connection refused"}
    assert event["content"]["payload"]["severity"] == "critical"
