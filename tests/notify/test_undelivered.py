"""What fails for good raises an alert in another channel, once, and is over when the channel delivers again."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels.base import Delivered, Misconfigured, Permanent, RetryLater
from sms_monitoring.notify.dispatch import DispatchReport
from sms_monitoring.notify.message import Message
from sms_monitoring.notify.undelivered import ALERT_TYPE
from tests.killing import killed_before_statement
from tests.notify.samples import RESOLVE, TEST, TRIGGER, WARNING, add_incident, put, row, statuses, time_passes
from tests.notify.test_dispatch import Scripted, accepted, run

if TYPE_CHECKING:
    from typing import Any

    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers


def alarms(db: Connection, entity: str = "pagerduty") -> list[dict[str, Any]]:
    """The incidents about undelivered notifications of a channel, in the order in which they began."""
    from psycopg.rows import dict_row

    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT * FROM sms_alert_history WHERE alert_type = %s AND entity = %s ORDER BY triggered_at",
            (ALERT_TYPE, entity),
        ).fetchall()


def told(db: Connection, channel: str = "slack") -> list[Message]:
    """What the outbox has for a channel about undelivered notifications."""
    found = db.execute(
        "SELECT message FROM sms_alert_notifications WHERE channel = %s AND message ->> 'alert_type' = %s ORDER BY id",
        (channel, ALERT_TYPE),
    )
    return [Message.from_json(message) for (message,) in found]


def events(db: Connection, channel: str = "slack") -> list[str]:
    return [message.event for message in told(db, channel)]


def refuse(db: Connection, *answers: object, channel: str = "pagerduty", worker: str = "ann") -> DispatchReport:
    """One dispatch to a channel that answers so; by default it refuses everything for good."""
    return run(db, channel, worker, load=lambda _: Scripted(answers or [Permanent("PagerDuty answered 400: no")]))


# ── Told elsewhere ───────────────────────────────────────────────────────────────────────────


def test_what_fails_for_good_is_told_in_the_fallback_channel(db: Connection, receivers: Receivers) -> None:
    receivers.fail("pagerduty", status=400)
    failed = put(db, TRIGGER, "pagerduty")

    assert run(db, "pagerduty").failed == 1

    (alarm,) = alarms(db)
    assert (alarm["severity"], alarm["resolved_at"], alarm["cause"]) == ("critical", None, "given_up")
    assert alarm["details"] == {"notification_ids": [failed]}
    assert run(db, "slack") == DispatchReport(sent=1)
    (record,) = accepted(receivers, "slack")
    shown = str(record["content"])
    assert "Critical: Notifications are not delivered (pagerduty)" in shown
    assert "pagerduty did not deliver 1 notification." in shown
    assert "Critical: SMS delivery rate is low" in shown
    assert "62.1 %, below the threshold of 90 % (sample 1240). – PagerDuty answered 400" in shown


def test_one_message_a_run_names_the_gravest_and_counts_the_rest(db: Connection) -> None:
    for place in range(46):
        put(db, replace(WARNING, entity=f"carrier-{place}"), "pagerduty")
    put(db, TRIGGER, "pagerduty")

    assert refuse(db).failed == 47

    (message,) = told(db)
    assert message.summary == "pagerduty did not deliver 47 notifications: 10 are named here, and 37 more."
    assert len(message.facts) == 10
    assert message.facts[0] == (
        "Critical: SMS delivery rate is low",
        "62.1 %, below the threshold of 90 % (sample 1240). – PagerDuty answered 400: no",
    )


def test_a_stored_message_that_cannot_be_read_is_told_of_too(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    db.execute("UPDATE sms_alert_notifications SET message = '[]'")

    refuse(db)

    ((label, why),) = told(db)[0].facts
    assert label == "A message that cannot be read"
    assert "cannot be read: " in why


def test_the_mark_and_the_alarm_are_one(db: Connection, database_uri: str) -> None:
    """Killed anywhere: never is a row failed of which nobody is told."""
    put(db, TRIGGER, "pagerduty")
    step = 0
    while killed_before_statement(database_uri, step, refuse):
        step += 1
        assert (len(alarms(db)), len(told(db))) in ((0, 0), (1, 1))
        assert (statuses(db, "pagerduty") == ["failed"]) == (len(alarms(db)) == 1)

    assert statuses(db, "pagerduty") == ["failed"]
    assert events(db) == ["trigger"]
    assert step > 8, "it was killed at each statement"


def test_attempts_that_run_out_are_told_of(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    db.execute("UPDATE sms_alert_notifications SET attempts = 9")

    assert refuse(db, RetryLater("PagerDuty answered 500")).failed == 1

    assert "given up after 10 attempts: PagerDuty answered 500" in told(db)[0].facts[0][1]


def test_a_day_that_runs_out_is_told_of_also_for_what_could_not_be_tried(db: Connection) -> None:
    rows = [put(db, TRIGGER, "pagerduty") for _ in range(3)]
    time_passes(db, "25 hours")

    report = refuse(db, RetryLater("PagerDuty cannot be reached", whole_channel=True))

    assert report.failed == 3
    assert [row(db, found)["attempts"] for found in rows] == [1, 0, 0]
    (message,) = told(db)
    assert message.summary == "pagerduty did not deliver 3 notifications."
    assert {why.split(" – ")[1] for _, why in message.facts} == {"given up after 24 h: PagerDuty cannot be reached"}


def test_what_may_still_be_delivered_is_no_alarm(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")

    assert refuse(db, RetryLater("PagerDuty answered 500")).retried == 1
    assert alarms(db) == []


def test_the_end_of_an_incident_that_was_not_told_goes_nowhere_but_is_counted(db: Connection) -> None:
    incident = add_incident(db)
    put(db, TRIGGER, "pagerduty", incident)
    put(db, RESOLVE, "pagerduty", incident)

    report = refuse(db)

    assert (report.failed, report.suppressed) == (1, 1)
    assert told(db)[0].summary == "pagerduty did not deliver 1 notification."


# ── Again, and over ──────────────────────────────────────────────────────────────────────────


def test_later_failures_are_told_as_repeats_of_the_same_incident(db: Connection, receivers: Receivers) -> None:
    for hour in range(3):
        put(db, replace(TRIGGER, title=f"Title {hour}"), "pagerduty")
        refuse(db)
        run(db, "slack")

    (alarm,) = alarms(db)
    assert alarm["reminders"] == 2
    messages = told(db)
    assert [(message.event, message.sequence) for message in messages] == [("trigger", 0), ("repeat", 1), ("repeat", 2)]
    assert [message.facts[0][0] for message in messages] == [f"Critical: Title {hour}" for hour in range(3)]
    assert len({message.dedup_key for message in messages}) == 1
    assert [record["content"]["text"].split(":")[0] for record in accepted(receivers, "slack")] == [
        "🔴 Critical",
        "🔴 Still critical",
        "🔴 Still critical",
    ]


def test_no_repeat_is_superseded_for_each_tells_of_others(db: Connection, receivers: Receivers) -> None:
    for hour in range(3):
        put(db, replace(TRIGGER, title=f"Title {hour}"), "pagerduty")
        refuse(db)
    put(db, TRIGGER, "pagerduty")
    run(db, "pagerduty")

    report = run(db, "slack")

    assert (report.sent, report.suppressed) == (4, 0)
    assert [record["content"]["text"].split(". ")[0].split(": ")[0] for record in accepted(receivers, "slack")] == [
        "🔴 Critical",
        "🔴 2 critical",
        "✅ Resolved",
    ]


def test_the_first_delivery_afterwards_ends_it_where_it_was_told(db: Connection, receivers: Receivers) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    run(db, "slack")
    put(db, TRIGGER, "pagerduty")
    put(db, TRIGGER, "pagerduty")

    assert run(db, "pagerduty") == DispatchReport(sent=2)

    (alarm,) = alarms(db)
    assert (alarm["resolved_at"] is not None, alarm["resolved_by"]) == (True, "dispatch")
    assert events(db) == ["trigger", "resolve"], "once, not with each delivery"
    assert run(db, "slack") == DispatchReport(sent=1)
    shown = accepted(receivers, "slack")[-1]["content"]
    assert shown["text"].startswith(
        "✅ Resolved: Notifications are not delivered: over after 0 min, pagerduty delivers"
    )


def test_a_delivery_before_the_failure_does_not_end_it(db: Connection) -> None:
    for _ in range(3):
        put(db, TRIGGER, "pagerduty")

    report = refuse(db, Delivered(), Permanent("no"), Delivered())

    assert (report.sent, report.failed) == (2, 1)
    assert [alarm["resolved_at"] for alarm in alarms(db)] == [None]


def test_after_it_is_over_the_next_failure_is_a_new_incident(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    put(db, TRIGGER, "pagerduty")
    refuse(db, Delivered())
    put(db, TRIGGER, "pagerduty")
    refuse(db)

    assert [alarm["resolved_at"] is None for alarm in alarms(db)] == [False, True]
    assert events(db) == ["trigger", "resolve", "trigger"]


def test_an_end_that_was_told_nowhere_is_told_nowhere(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    refuse(db, Permanent("no"), channel="slack")
    put(db, TRIGGER, "pagerduty")
    refuse(db, Delivered())

    assert events(db) == ["trigger"]
    assert statuses(db, "slack") == ["failed"]


# ── Configuration ────────────────────────────────────────────────────────────────────────────


def test_a_missing_connection_is_told_once_while_something_waits(
    db: Connection, receivers: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.delenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY")
        assert run(db, "pagerduty") == DispatchReport()
        assert alarms(db) == [], "nothing waits"
        put(db, TRIGGER, "pagerduty")
        for _ in range(3):
            assert run(db, "pagerduty").held == 1
            time_passes(db, "1 hour")

    (message,) = told(db)
    assert message.event == "trigger"
    assert message.summary.startswith(
        "pagerduty cannot be used, 1 notification waits. Airflow connection 'sms_monitoring_pagerduty' is missing"
    )
    assert "airflow connections add sms_monitoring_pagerduty" in message.summary
    assert message.facts == (
        ("Critical: SMS delivery rate is low", "62.1 %, below the threshold of 90 % (sample 1240)."),
    )
    (alarm,) = alarms(db)
    assert (alarm["cause"], alarm["reminders"]) == ("misconfigured", 0)

    assert run(db, "pagerduty") == DispatchReport(sent=1)
    assert events(db) == ["trigger", "resolve"]


def test_a_wrong_key_is_told_too(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")

    refuse(db, Misconfigured("PagerDuty does not know the key"))

    assert "pagerduty cannot be used" in told(db)[0].summary


def test_what_waits_a_day_for_a_connection_is_given_up_and_named(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db, Misconfigured("no such key"))
    time_passes(db, "25 hours")

    assert refuse(db, Misconfigured("no such key")).failed == 1

    assert events(db) == ["trigger", "repeat"]
    assert told(db)[1].summary == "pagerduty did not deliver 1 notification. no such key"


def test_a_test_message_that_cannot_be_delivered_is_told_of_too(db: Connection) -> None:
    outbox.enqueue(db, TEST, channel="pagerduty")

    refuse(db)

    assert told(db)[0].facts[0][0] == "Test: Test alert"


# ── No end without end ───────────────────────────────────────────────────────────────────────


def test_an_alarm_that_fails_itself_raises_no_other(db: Connection, caplog: pytest.LogCaptureFixture) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)

    assert refuse(db, channel="slack").failed == 1

    assert alarms(db, "slack") == []
    assert told(db, "email") == []
    assert "failed for good" in caplog.text


def test_nothing_but_an_alarm_waiting_is_no_reason_for_another(db: Connection, no_connections: None) -> None:
    put(db, TRIGGER, "slack")
    for _ in range(3):
        for channel in ("slack", "email", "pagerduty"):
            run(db, channel)

    assert [len(alarms(db, channel)) for channel in ("slack", "email", "pagerduty")] == [1, 0, 0]


def test_two_channels_that_are_each_others_fallback_tell_of_each_other_once(db: Connection) -> None:
    put(db, TRIGGER, "slack")
    put(db, TRIGGER, "email")
    for _ in range(5):
        for channel in ("slack", "email"):
            refuse(db, channel=channel)

    assert [len(alarms(db, channel)) for channel in ("slack", "email")] == [1, 1]
    assert set(statuses(db)) == {"failed"}
    assert len(statuses(db)) == 4


@pytest.mark.parametrize("channel", ["pagerduty", "slack"])
def test_without_a_fallback_it_is_logged(db: Connection, channel: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    db.execute("UPDATE sms_notification_channels SET fallback_channel = NULL")
    put(db, TRIGGER, channel)

    assert refuse(db, channel=channel).failed == 1

    assert alarms(db, channel) == []
    assert f"{channel} does not deliver, and it has no fallback channel" in caplog.text


def test_where_the_fallback_has_changed_the_new_one_is_told_from_the_beginning(db: Connection) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    db.execute("UPDATE sms_notification_channels SET fallback_channel = 'email' WHERE channel = 'pagerduty'")
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    put(db, TRIGGER, "pagerduty")
    refuse(db, Delivered())

    assert (events(db, "slack"), events(db, "email")) == (["trigger", "resolve"], ["trigger", "resolve"])


def test_no_secret_gets_into_it(db: Connection, receivers: Receivers, monkeypatch, caplog) -> None:
    caplog.set_level(logging.INFO)
    put(db, TRIGGER, "slack")
    wrong = receivers.slack_connection_uri.replace("XXXXXXXXXXXXXXXXXXXXXXXX", "CANARYtokenCANARYtoken00")
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", wrong)

    run(db, "slack")
    run(db, "email")

    assert len(alarms(db, "slack")) == 1
    (record,) = accepted(receivers, "email")
    assert "CANARY" not in str(record) + str(alarms(db, "slack")) + str(told(db, "email")) + caplog.text
