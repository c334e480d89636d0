"""Dispatch from a real outbox to real far sides: who gets what, what waits, and what is said about it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import Delivered, RetryLater
from sms_monitoring.notify.dispatch import FAILURES_IN_A_ROW, DispatchReport, dispatch
from sms_monitoring.notify.retry import MAX_ATTEMPTS
from tests.notify.samples import RESOLVE, TEST, TRIGGER, add_incident, put, row, statuses, time_passes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers
    from sms_monitoring.notify.message import Message

ALL = ["email", "pagerduty", "slack"]


def run(db: Connection, channel: str, worker: str = "ann", **kwargs) -> DispatchReport:
    """One dispatch that waits for nothing; jitter 1, so that the first back-off is a minute."""
    return dispatch(db, channel, worker, **{"pause": lambda _: None, "random": lambda: 1.0, **kwargs})


def accepted(receivers: Receivers, channel: str) -> list[dict]:
    return receivers.received(channel, accepted=True)


class Scripted:
    """A channel of the test's own: answers as told, the last answer for ever; keeps what was ``sent``."""

    seconds_between_messages = 0.0

    def __init__(self, answers: Iterable[object], group_size: int = 1) -> None:
        self.answers = list(answers)
        self.group_size = group_size
        self.sent: list[list[Message]] = []

    def send(self, messages: Sequence[Message]):
        assert 1 <= len(messages) <= self.group_size
        self.sent.append(list(messages))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


# ── Delivered ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ALL)
def test_an_incident_is_told_from_beginning_to_end(db: Connection, receivers: Receivers, channel: str) -> None:
    incident = add_incident(db)
    put(db, TRIGGER, channel, incident)
    put(db, RESOLVE, channel, incident)

    assert run(db, channel) == DispatchReport(sent=2)
    assert statuses(db) == ["sent", "sent"]
    first, second = (str(record["content"]) for record in accepted(receivers, channel))
    assert "62.1 %" in first
    assert "2 h 00 min" in second
    assert run(db, channel) == DispatchReport(), "nothing is sent twice"


def test_pagerduty_opens_and_closes_one_incident(db: Connection, receivers: Receivers) -> None:
    incident = add_incident(db)
    put(db, TRIGGER, "pagerduty", incident)
    run(db, "pagerduty")
    assert [found["status"] for found in receivers.incidents()] == ["triggered"]

    put(db, RESOLVE, "pagerduty", incident)
    run(db, "pagerduty")
    assert [(found["status"], found["trigger_events"]) for found in receivers.incidents()] == [("resolved", 1)]


def test_on_the_connection_that_airflows_hook_hands_out(
    db: Connection, database_uri: str, receivers: Receivers, monkeypatch
) -> None:
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", database_uri)
    put(db, TRIGGER, "email")

    with SmsMetricsHook().connect() as conn:
        assert run(conn, "email") == DispatchReport(sent=1)
    assert statuses(db) == ["sent"]


def test_a_test_message(db: Connection, receivers: Receivers) -> None:
    outbox.enqueue(db, TEST, channel="slack")

    assert run(db, "slack").sent == 1
    assert "Test alert" in str(accepted(receivers, "slack"))


def test_a_channel_with_nothing_to_send_needs_no_connection(db: Connection, no_connections) -> None:
    put(db, TRIGGER, "email")

    assert run(db, "slack") == DispatchReport()


def test_the_pace_is_kept_between_messages(db: Connection) -> None:
    for _ in range(3):
        put(db, TRIGGER, "slack")
    channel, pauses = Scripted([Delivered()]), []
    channel.seconds_between_messages = 1000.0

    run(db, "slack", load=lambda _: channel, pause=pauses.append)

    assert len(pauses) == 2, "none before the first, none after the last"
    assert all(990 < pause <= 1000 for pause in pauses)


def test_slacks_pace_is_one_a_second(receivers: Receivers) -> None:
    assert load_channel("slack").seconds_between_messages == 1.0
    assert load_channel("pagerduty").seconds_between_messages == 0.0


# ── Not delivered ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ALL)
def test_a_failure_is_tried_again_after_a_while(db: Connection, receivers: Receivers, channel: str) -> None:
    waiting = put(db, TRIGGER, channel)
    receivers.fail(channel, status=451 if channel == "email" else 500, times=1)

    report = run(db, channel)
    assert (report.sent, report.retried, report.failed, report.held) == (0, 1, 0, 1)
    assert row(db, waiting)["last_error"] == report.errors[0]
    time_passes(db, "59 seconds")
    report = run(db, channel)
    assert report.held == 1
    assert "not delivered yet; next attempt at" in report.errors[0], "a retry of the task is told to come again"

    time_passes(db, "2 seconds")
    assert run(db, channel) == DispatchReport(sent=1)
    assert len(accepted(receivers, channel)) == 1
    assert row(db, waiting)["attempts"] == 2
    assert row(db, waiting)["last_error"] is None


def test_one_message_that_is_never_taken_holds_back_no_other(db: Connection, receivers: Receivers) -> None:
    receivers.fail("pagerduty", status=400, times=1)
    rows = [put(db, TRIGGER, "pagerduty") for _ in range(3)]

    report = run(db, "pagerduty")

    assert (report.sent, report.failed, report.held) == (2, 1, 0)
    assert "PagerDuty answered 400" in report.errors[0]
    assert statuses(db, "pagerduty") == ["failed", "sent", "sent"]
    assert row(db, rows[0])["last_error"] == report.errors[0]
    assert run(db, "pagerduty") == DispatchReport(), "failed for good is not tried again"


def test_after_ten_attempts_it_is_given_up_and_its_end_is_not_told(db: Connection, receivers: Receivers) -> None:
    incident = add_incident(db)
    trigger = put(db, TRIGGER, "slack", incident)
    resolve = put(db, RESOLVE, "slack", incident)
    receivers.fail("slack", status=500)

    for attempt in range(1, MAX_ATTEMPTS):
        report = run(db, "slack")
        assert (report.retried, report.failed, row(db, trigger)["attempts"]) == (1, 0, attempt)
        time_passes(db, "31 minutes")
    report = run(db, "slack")

    assert (report.retried, report.failed, report.suppressed, report.held) == (0, 1, 1, 0)
    assert "given up after 10 attempts: Slack answered 500" in str(row(db, trigger)["last_error"])
    assert row(db, resolve)["suppressed_reason"] == "trigger_not_delivered"
    assert len(receivers.received("slack")) == MAX_ATTEMPTS


def test_a_message_that_kills_its_worker_each_time_is_given_up_and_takes_no_other_with_it(
    db: Connection, receivers: Receivers
) -> None:
    poison, sound = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack")
    for _ in range(outbox.SUSPECT_AFTER):
        assert len(outbox.claim(db, "slack", "ann", limit=10)) == 2, "killed with both in hand"
    assert outbox.claim(db, "slack", "ann", limit=10) == [], "then each goes alone"
    for _ in range(outbox.SUSPECT_AFTER, MAX_ATTEMPTS):
        (alone,) = outbox.claim(db, "slack", "ann", limit=10, suspects=True, but_for=[sound])
        assert alone.id == poison

    report = run(db, "slack")

    assert (report.sent, report.failed) == (1, 1)
    assert "the worker was killed" in str(row(db, poison)["last_error"])
    assert row(db, sound)["status"] == "sent"


def test_retry_after_stops_the_run_and_is_kept_for_all(db: Connection, receivers: Receivers) -> None:
    rows = [put(db, TRIGGER, "pagerduty") for _ in range(4)]
    receivers.fail("pagerduty", status=429, retry_after=120, times=1)

    report = run(db, "pagerduty")
    assert (report.sent, report.retried, report.held) == (0, 1, 4)
    assert [row(db, row_id)["attempts"] for row_id in rows] == [1, 0, 0, 0]
    assert "PagerDuty answered 429" in report.errors[0]

    time_passes(db, "119 seconds")
    assert run(db, "pagerduty").sent == 0
    time_passes(db, "2 seconds")
    assert run(db, "pagerduty") == DispatchReport(sent=4)
    assert len(receivers.received("pagerduty")) == 5


def test_a_channel_that_takes_nothing_is_not_asked_for_each_row(db: Connection, receivers: Receivers) -> None:
    for _ in range(8):
        put(db, TRIGGER, "pagerduty")
    receivers.fail("pagerduty", status=500)

    report = run(db, "pagerduty")

    assert (report.retried, report.held) == (FAILURES_IN_A_ROW, 8)
    assert len(receivers.received("pagerduty")) == FAILURES_IN_A_ROW
    assert len(report.errors) == 1


def test_a_channel_that_is_down_is_left_alone_by_all_workers(
    db: Connection, receivers: Receivers, free_port: int, monkeypatch
) -> None:
    for _ in range(4):
        put(db, TRIGGER, "pagerduty")
    there = receivers.pagerduty_connection_uri
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY", there.replace(str(receivers.http_port), str(free_port)))

    assert run(db, "pagerduty", "ann").retried == 1
    assert run(db, "pagerduty", "bob").retried == 0, "the rest of the queue waits as long as the row that met with it"
    time_passes(db, "61 seconds")
    assert run(db, "pagerduty", "bob").retried == 1


def test_slack_is_down_for_an_hour(db: Connection, receivers: Receivers, free_port: int, monkeypatch) -> None:
    incidents = [add_incident(db) for _ in range(2)]
    for incident in incidents:
        for channel in ALL:
            put(db, TRIGGER, channel, incident)
    up = receivers.slack_connection_uri
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", up.replace(str(receivers.http_port), str(free_port)))

    reports = {channel: run(db, channel) for channel in reversed(ALL)}
    assert (reports["slack"].sent, reports["slack"].retried, reports["slack"].held) == (0, 2, 2)
    assert "cannot be reached" in reports["slack"].errors[0]
    for channel in ("email", "pagerduty"):
        assert reports[channel] == DispatchReport(sent=2)
    assert {channel: len(accepted(receivers, channel)) for channel in ALL} == {"email": 1, "pagerduty": 2, "slack": 0}

    time_passes(db, "1 hour")
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", up)
    assert [run(db, channel).sent for channel in ALL] == [0, 0, 2]
    assert {channel: len(accepted(receivers, channel)) for channel in ALL} == {"email": 1, "pagerduty": 2, "slack": 1}


@pytest.mark.parametrize("fault", [{"refuse": True}, {"drop": True}])
@pytest.mark.parametrize("channel", ALL)
def test_a_connection_that_breaks_is_tried_again(
    db: Connection, receivers: Receivers, channel: str, fault: dict
) -> None:
    put(db, TRIGGER, channel)
    receivers.fail(channel, **fault, times=1)

    assert run(db, channel).retried == 1
    time_passes(db, "61 seconds")
    assert run(db, channel) == DispatchReport(sent=1)
    if channel == "pagerduty":
        assert len(receivers.incidents()) == 1


# ── Configuration ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ALL)
def test_without_a_connection_everything_waits_uncounted_and_is_said_once(
    db: Connection, no_connections, channel: str, caplog
) -> None:
    rows = [put(db, TRIGGER, channel) for _ in range(3)]

    report = run(db, channel)

    assert (report.sent, report.retried, report.failed, report.held) == (0, 0, 0, 3)
    (error,) = report.errors
    assert "airflow connections add sms_monitoring_" in error
    assert statuses(db, channel) == ["pending"] * 3
    assert [(row(db, row_id)["attempts"], row(db, row_id)["last_error"]) for row_id in rows] == [(0, error)] * 3
    assert [record.levelname for record in caplog.records if record.name.endswith("dispatch")] == ["WARNING"]


@pytest.mark.parametrize("channel", ALL)
def test_the_next_run_with_a_connection_delivers_all(
    db: Connection, receivers: Receivers, channel: str, monkeypatch
) -> None:
    rows = [put(db, TRIGGER, channel) for _ in range(2)]
    with monkeypatch.context() as before:
        for name in ("SLACK", "PAGERDUTY", "SMTP"):
            before.delenv(f"AIRFLOW_CONN_SMS_MONITORING_{name}")
        assert run(db, channel).held == 2

    assert run(db, channel) == DispatchReport(sent=2)
    assert [row(db, row_id)["last_error"] for row_id in rows] == [None, None]


def test_a_wrong_webhook_keeps_the_rows_uncounted(db: Connection, receivers: Receivers, monkeypatch, caplog) -> None:
    caplog.set_level(logging.INFO)
    rows = [put(db, TRIGGER, "slack") for _ in range(3)]
    wrong = receivers.slack_connection_uri.replace("XXXXXXXXXXXXXXXXXXXXXXXX", "CANARYtokenCANARYtoken00")
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", wrong)

    report = run(db, "slack")

    assert (report.retried, report.failed, report.held) == (0, 0, 3)
    assert "invalid_token. Check the Airflow connection 'sms_monitoring_slack'" in report.errors[0]
    assert len(receivers.received("slack")) == 1, "one was enough to know"
    stored = [row(db, row_id) for row_id in rows]
    assert [found["attempts"] for found in stored] == [0, 0, 0]
    assert [found["last_error"] for found in stored] == [report.errors[0]] * 3
    assert "CANARY" not in str(stored) + str(report) + caplog.text


def test_a_channel_without_a_module_is_told_of_in_its_fallback_channel(db: Connection) -> None:
    db.execute(
        "INSERT INTO sms_notification_channels (channel, description, fallback_channel)"
        " VALUES ('pigeon', 'has a row but no module', 'slack')"
    )
    put(db, TRIGGER, "pigeon")

    report = run(db, "pigeon")

    assert "no notification channel 'pigeon'; there are: email" in report.errors[0]
    told = db.execute(
        "SELECT event, message ->> 'entity' FROM sms_alert_notifications WHERE channel = 'slack'"
    ).fetchall()
    assert told == [("trigger", "pigeon")]


# ── Broken parts ─────────────────────────────────────────────────────────────────────────────


def test_a_stored_message_that_cannot_be_read_fails_alone(db: Connection, receivers: Receivers) -> None:
    broken, sound = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack")
    db.execute("UPDATE sms_alert_notifications SET message = message - 'severity' WHERE id = %s", (broken,))

    report = run(db, "slack")

    assert (report.sent, report.failed) == (1, 1)
    assert "cannot be read: KeyError 'severity'" in str(row(db, broken)["last_error"])
    assert row(db, sound)["status"] == "sent"


def test_a_channel_that_breaks_on_one_message_goes_on_and_tells_no_secret(db: Connection, caplog) -> None:
    broken, sound = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack")
    channel = Scripted([RuntimeError("CANARY"), Delivered()])

    report = run(db, "slack", load=lambda _: channel)

    assert (report.sent, report.retried) == (1, 1)
    assert row(db, broken)["last_error"].startswith("unexpected RuntimeError at test_dispatch.py:")
    assert row(db, sound)["status"] == "sent"
    assert "CANARY" not in str(report) + caplog.text


def test_a_claim_lost_while_sending_is_not_marked(db: Connection, database_uri: str) -> None:
    """The lease ran out in a long pause of this worker; another one delivered the row meanwhile."""
    slow = put(db, TRIGGER, "slack")

    class Slow(Scripted):
        def send(self, messages: Sequence[Message]):
            with sms_db.connect(database_uri) as other:
                time_passes(other, "1 hour")
                run(other, "slack", "bob", load=lambda _: Scripted([Delivered("by bob")]))
            return RetryLater("too late")

    run(db, "slack", load=lambda _: Slow([Delivered()]))

    found = row(db, slow)
    assert (found["status"], found["claimed_by"], found["last_error"]) == ("sent", "bob", "by bob")


def test_a_far_side_that_never_comes_to_an_end_is_not_waited_for(db: Connection, monkeypatch) -> None:
    monkeypatch.setattr("sms_monitoring.notify.dispatch.SEND_SECONDS", 0.05)
    first, second, over = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack"), threading.Event()

    class Dripping(Scripted):
        def send(self, messages: Sequence[Message]):
            over.wait(60)
            return super().send(messages)

    report = run(db, "slack", load=lambda _: Dripping([Delivered()]))
    over.set()

    assert (report.sent, report.held) == (0, 2), "a minute for each message would hold up the whole run"
    assert {row(db, one)["last_error"] for one in (first, second)} == {"no answer within 0.05 s"}
