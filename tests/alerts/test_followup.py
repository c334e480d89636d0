"""What is said between the hours, on a real database. Given what happened, expect this outbox.

Times are counted from 08:00 on: "1h trigger pagerduty" is the trigger of the run that judged the first hour.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.alerts.followup import FollowUp
from sms_monitoring.timeframe import HOUR
from tests.alerts.live import ALERT, Live
from tests.killing import killed_before_statement

BAD, GOOD = "40/300", "97/300"


def minutes(number):
    return timedelta(minutes=number)


def test_nothing_is_said_while_nothing_happens(live):
    live.run(GOOD)
    assert live.follow_up(live.now + minutes(30)) == {}
    assert live.said() == []


def test_an_incident_that_was_told_is_not_told_again(live):
    live.run(f"{BAD}x3")
    assert live.follow_up(live.now + timedelta(days=3)) == {}
    assert live.said() == ["1h trigger pagerduty"]


# ── What persons did ─────────────────────────────────────────────────────────────────────────


def test_an_acknowledgement_is_told_once_in_the_channels_that_carry_it(live):
    live.threshold(additional_channels=["email", "slack"])
    live.run(BAD)
    live.acknowledge()
    live.follow_up()
    live.follow_up(live.now + minutes(5))
    assert live.said() == ["1h trigger email pagerduty slack", "1h acknowledge pagerduty slack"]
    assert live.messages("acknowledge")[0]["summary"].startswith(
        "SMS delivery rate is low: acknowledged by ann. At first: 40 %"
    )


@pytest.mark.parametrize("status", ["failed", "sent"])
def test_an_acknowledgement_is_not_told_again_however_its_delivery_ended(live, db, status):
    live.run(BAD)
    live.acknowledge()
    live.follow_up()
    db.execute(
        "UPDATE sms_alert_notifications SET status = %s, sent_at = CASE WHEN %s = 'sent' THEN now() END"
        " WHERE event = 'acknowledge'",
        (status, status),
    )
    live.follow_up(live.now + minutes(5))
    assert len(live.messages("acknowledge")) == 1


def test_what_is_acknowledged_is_neither_repeated_nor_escalated(live):
    live.threshold(repeat_interval_minutes=30, escalation_channel="email", escalate_after_minutes=60)
    live.run(BAD)
    live.acknowledge()
    live.run(f"{BAD}x5")
    assert live.said() == ["1h trigger pagerduty", "1h30m repeat pagerduty", "2h acknowledge pagerduty"]


def test_an_acknowledged_incident_that_was_held_back_stays_unsaid(live):
    live.silence(live.start, live.start + 2 * HOUR)
    live.run(BAD)
    live.acknowledge()
    live.run(f"{BAD}x3 {GOOD}x2")
    assert live.said() == ["1h trigger pagerduty (silenced)"]


def test_an_end_that_a_person_set_is_told_once_where_the_beginning_was(live):
    live.threshold(additional_channels=["slack"])
    live.run(BAD)
    live.resolve()
    live.follow_up(live.now + minutes(5))
    live.follow_up(live.now + minutes(10))
    live.run(f"{GOOD}x3")
    assert live.said() == ["1h trigger pagerduty slack", "1h resolve pagerduty slack"]
    assert live.incidents() == ["1h to 1h ann"]
    assert live.messages("resolve")[0]["summary"].endswith("resolved by ann.")


def test_an_end_is_not_told_where_the_beginning_was_not(live, db):
    live.threshold(additional_channels=["slack"])
    live.run(BAD)
    db.execute("UPDATE sms_alert_notifications SET status = 'failed' WHERE channel = 'slack'")
    live.resolve()
    live.follow_up()
    assert live.said()[-1] == "1h resolve pagerduty"


def test_an_end_that_a_person_set_weeks_ago_is_not_told_any_more(live):
    live.run(BAD)
    live.resolve()
    assert live.follow_up(live.now + timedelta(days=8)) == {}


# ── Repeats ──────────────────────────────────────────────────────────────────────────────────


def test_it_is_repeated_until_it_is_acknowledged_with_the_newest_measurement(live):
    live.threshold(repeat_interval_minutes=60)
    live.run(f"{BAD} 50/200 45/200")
    live.acknowledge()
    live.run(f"{BAD}x2")
    assert live.said() == [
        "1h trigger pagerduty",
        "2h repeat pagerduty",
        "3h repeat pagerduty",
        "4h acknowledge pagerduty",
    ]
    second, third = live.messages("repeat")
    assert second["summary"].startswith("SMS delivery rate is low: for 1 h 00 min now. At first: 40 %")
    assert second["facts"][0] == ["Now", "50 % (sample 200), to 10:00 UTC"]
    assert (second["sequence"], third["sequence"]) == (1, 2)
    assert third["summary"].startswith("SMS delivery rate is low: for 2 h 00 min now. At first: 40 %")


def test_all_that_is_said_of_one_incident_has_one_key(live, db):
    live.threshold(repeat_interval_minutes=60, escalation_channel="email", escalate_after_minutes=60)
    live.run(f"{BAD}x2")
    live.acknowledge()
    live.run(f"{GOOD}x2")
    keys = db.execute("SELECT count(*), count(DISTINCT dedup_key) FROM sms_alert_notifications").fetchone()
    assert keys == (6, 1), live.said()


def test_a_repeat_says_what_the_beginning_said_and_nothing_twice(live):
    """Of an incident told late, not "for 4 h now. At first: for 2 h, held back until now …", nor two facts "Now"."""
    live.threshold(repeat_interval_minutes=60)
    live.silence(live.start, live.start + 3 * HOUR)
    live.run(f"{BAD}x5")
    assert live.said()[-2:] == ["4h repeat pagerduty", "5h repeat pagerduty"]
    for message in live.messages("repeat"):
        assert "held back" not in message["summary"]
        assert [label for label, _ in message["facts"]].count("Now") == 1


# ── Escalation ───────────────────────────────────────────────────────────────────────────────


def test_it_is_escalated_once_when_nobody_acknowledges_it_and_told_there_when_it_is_over(live, db):
    live.threshold(escalation_channel="email", escalate_after_minutes=90)
    live.run(f"{BAD}x3 {GOOD}x2")
    assert live.said() == ["1h trigger pagerduty", "2h30m escalate email", "5h resolve email pagerduty"]
    assert live.messages("escalate")[0]["summary"].startswith(
        "SMS delivery rate is low: for 1 h 30 min, not acknowledged in time. At first: 40 %"
    )
    row = db.execute("SELECT escalated_at, escalated_by, escalated_to FROM sms_alert_history").fetchone()
    assert row == (live.start + minutes(150), "not acknowledged in time", "email")


def test_it_is_escalated_once_when_a_person_asks_for_it(live):
    live.threshold(escalation_channel="email", escalate_after_minutes=90)
    live.run(BAD)
    live.person(escalated_at=live.now, escalated_by="ann", escalated_to="slack")
    live.run(f"{BAD}x3")
    assert live.said() == ["1h trigger pagerduty", "2h escalate slack"]
    assert live.messages("escalate")[0]["summary"].startswith(
        "SMS delivery rate is low: for 1 h 00 min, escalated by ann. At first: 40 %"
    )


def test_what_a_person_escalated_while_it_cooled_down_is_still_told_in_its_own_channel(live):
    live.threshold(cooldown_minutes=330)
    live.run(f"{BAD} {GOOD}x2 {BAD}")
    live.person(escalated_at=live.now, escalated_by="ann", escalated_to="slack")
    live.run(f"{BAD}x2 {GOOD}x2")
    assert live.said()[-4:] == [
        "4h trigger pagerduty (cooldown)",
        "5h escalate slack",
        "6h30m trigger pagerduty",
        "8h resolve pagerduty slack",
    ]


def test_an_escalation_that_a_silence_caught_in_the_outbox_is_told_after_it(live, db):
    live.threshold(escalation_channel="email", escalate_after_minutes=60)
    live.run(f"{BAD}x2")
    db.execute(
        "UPDATE sms_alert_notifications SET status = 'suppressed', suppressed_reason = 'silenced'"
        " WHERE event = 'escalate'"
    )
    live.run(BAD)
    assert live.said() == ["1h trigger pagerduty", "2h escalate email (silenced)", "3h escalate email"]
    assert "for 2 h 00 min, not acknowledged in time." in live.messages("escalate")[-1]["summary"]


def test_an_escalation_that_failed_for_good_is_not_tried_for_ever(live, db):
    live.threshold(escalation_channel="email", escalate_after_minutes=30)
    live.run(BAD)
    db.execute("UPDATE sms_alert_notifications SET status = 'failed' WHERE event = 'escalate'")
    live.run(f"{BAD}x2")
    assert len(live.messages("escalate")) == 1


# ── Held back, and told later ────────────────────────────────────────────────────────────────


def test_what_the_cooldown_held_back_is_told_when_it_outlasts_it(live):
    live.threshold(cooldown_minutes=330)
    live.run(f"{BAD} {GOOD}x2 {BAD}x4")
    assert live.said() == [
        "1h trigger pagerduty",
        "3h resolve pagerduty",
        "4h trigger pagerduty (cooldown)",
        "6h30m trigger pagerduty",
    ]
    assert live.messages("trigger")[-1]["summary"].startswith(
        "SMS delivery rate is low: for 2 h 30 min, held back until now."
    )


def test_what_a_silence_held_back_is_told_when_it_outlasts_it(live):
    live.silence(live.start, live.start + minutes(150))
    live.run(f"{BAD}x3 {GOOD}x2")
    assert live.said() == ["1h trigger pagerduty (silenced)", "2h30m trigger pagerduty", "5h resolve pagerduty"]
    assert live.transitions()[1:3] == ["firing → firing: silenced", "firing → firing: announced"]


def test_what_ends_under_a_silence_is_recorded_and_never_said(live):
    live.silence(live.start, live.start + 5 * HOUR)
    live.run(f"{BAD} {GOOD}x4")
    assert live.said() == ["1h trigger pagerduty (silenced)"]
    assert live.incidents() == ["1h to 3h recovered"]


def test_repeats_and_escalations_wait_for_the_end_of_a_silence(live):
    live.threshold(repeat_interval_minutes=60, escalation_channel="email", escalate_after_minutes=60)
    live.run(BAD)
    live.silence(live.now, live.start + minutes(210))
    live.run(f"{BAD}x3")
    assert live.said() == [
        "1h trigger pagerduty",
        "3h30m escalate email",
        "3h30m repeat pagerduty",
        "4h30m repeat email pagerduty",
    ]


def test_an_acknowledgement_and_an_end_are_told_in_spite_of_a_silence(live):
    live.run(BAD)
    live.silence(live.now, live.now + 9 * HOUR)
    live.acknowledge()
    live.run(f"{GOOD}x2")
    assert live.said() == ["1h trigger pagerduty", "2h acknowledge pagerduty", "3h resolve pagerduty"]


def test_what_a_silence_holds_back_fills_no_table(live, db):
    live.silence(live.start, live.start + timedelta(days=9))
    live.run(BAD)
    counts = "SELECT (SELECT count(*) FROM sms_alert_notifications), (SELECT count(*) FROM sms_alert_transitions)"
    before = db.execute(counts).fetchone()
    for tick in range(50):
        live.follow_up(live.now + minutes(5 * tick))
    assert db.execute(counts).fetchone() == before


def test_time_to_acknowledge_counts_from_when_people_were_really_told(live, db):
    """A silence made after the trigger was written holds it back in the outbox: nobody has seen it until it is over."""
    live.threshold(escalation_channel="email", escalate_after_minutes=60)
    live.run(BAD)
    live.silence(live.now, live.now + minutes(150))
    db.execute("UPDATE sms_alert_notifications SET status = 'suppressed', suppressed_reason = 'silenced'")
    live.run(f"{BAD}x4")
    assert live.said() == ["1h trigger pagerduty (silenced)", "3h30m trigger pagerduty", "4h30m escalate email"]


def test_a_trigger_that_no_channel_could_deliver_is_tried_three_times_an_hour_apart(live, db):
    live.threshold(additional_channels=["slack"])
    live.run(BAD)
    for _ in range(5):
        db.execute("UPDATE sms_alert_notifications SET status = 'failed'")
        live.run(BAD)
    assert live.said() == [f"{hour}h trigger pagerduty slack (failed)" for hour in (1, 2, 3)]


# ── What is missing ──────────────────────────────────────────────────────────────────────────


def test_an_incident_of_an_alert_type_without_operator_or_threshold_is_still_told_of_people(live, db):
    live.run(BAD)
    db.execute("UPDATE sms_alert_history SET alert_type = 'gone'")
    db.execute("UPDATE sms_alert_state SET alert_type = 'gone'")
    live.acknowledge()
    assert live.follow_up() == {"acknowledge": 1}
    live.resolve()
    assert live.follow_up() == {"resolve": 1}


@pytest.mark.parametrize(
    "column", ["repeat_interval_minutes = 5", "escalation_channel = 'email', escalate_after_minutes = 5"]
)
def test_a_disabled_alert_type_neither_repeats_nor_escalates(live, db, column):
    live.run(BAD)
    db.execute(f"UPDATE sms_alert_thresholds SET enabled = false, {column}")
    assert live.follow_up(live.now + HOUR) == {}


def test_an_incident_that_nobody_wrote_a_message_of_is_passed_over(live, db):
    db.execute(
        "INSERT INTO sms_alert_history (alert_type, severity, triggered_at, message)"
        " VALUES ('delivery_rate_critical', 'critical', %s, 'by hand')",
        (live.now,),
    )
    assert live.follow_up() == {}


def test_one_alert_type_that_cannot_be_followed_up_stops_no_other(live, db, caplog):
    live.run(BAD)
    db.execute("UPDATE sms_alert_notifications SET message = '{}'")
    columns = "severity, triggered_at, message, resolved_at, resolved_by"
    db.execute(
        f"WITH h AS (INSERT INTO sms_alert_history (alert_type, {columns})"
        " SELECT 'zzz', severity, triggered_at, message, %s, 'ann' FROM sms_alert_history RETURNING id)"
        " INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message)"
        " SELECT h.id, 'trigger', 'slack', 'key', m.message FROM h, (VALUES (%s::jsonb)) AS m (message)",
        (live.now, psycopg.types.json.Json(MESSAGE)),
    )
    live.acknowledge()
    with caplog.at_level(logging.ERROR), pytest.raises(KeyError):
        live.follow_up()
    assert "could not follow up on incident" in caplog.text
    assert db.execute("SELECT event FROM sms_alert_notifications WHERE channel = 'slack' ORDER BY id").fetchall() == [
        ("trigger",),
        ("resolve",),
    ]


MESSAGE: dict[str, Any] = {
    "event": "trigger",
    "severity": "critical",
    "alert_type": "zzz",
    "entity": "all",
    "dedup_key": "key",
    "title": "It broke",
    "summary": "It broke.",
    "occurred_at": "2026-03-10T09:00:00+00:00",
    "facts": [],
    "links": [],
    "sequence": 0,
}


# ── At once, killed, and many ────────────────────────────────────────────────────────────────


@pytest.fixture
def all_at_once(live):
    """An incident of which an escalation and a repeat are due at once."""
    live.threshold(repeat_interval_minutes=60, escalation_channel="email", escalate_after_minutes=60)
    live.run(BAD)
    return live


ONCE = ["1h trigger pagerduty", "2h escalate email", "2h repeat pagerduty"]


def test_two_follow_ups_at_once_say_it_once(all_at_once, database_uri):
    def worker(_):
        with sms_db.connect(database_uri) as conn:
            Live(conn=conn).follow_up(all_at_once.now + HOUR)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert all_at_once.said() == ONCE


def test_kill_9_before_any_statement_then_a_rerun_says_it_once(all_at_once, database_uri):
    def work(conn):
        FollowUp(conn=conn, now=all_at_once.now + HOUR, alerts={ALERT.name: ALERT}).run()

    statement = 0
    while killed_before_statement(database_uri, statement, work):
        statement += 1
    assert statement > 8
    assert all_at_once.said() == ONCE
    assert all_at_once.transitions()[1:] == ["firing → firing: escalated", "firing → firing: repeated"]


class Counting:
    """A connection that counts its statements."""

    def __init__(self, conn):
        self._conn, self.statements = conn, 0

    def execute(self, *args, **kwargs):
        self.statements += 1
        return self._conn.execute(*args, **kwargs)

    def cursor(self, *args, **kwargs):
        self.statements += 1
        return self._conn.cursor(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._conn, name)


def test_a_thousand_open_incidents_of_which_nothing_is_to_be_said_cost_a_handful_of_statements(live, db):
    live.threshold(repeat_interval_minutes=60)
    live.run(BAD)
    columns = "severity, triggered_at, announced_at, message"
    db.execute(
        f"INSERT INTO sms_alert_history (alert_type, entity, {columns})"
        f" SELECT alert_type, 'carrier ' || n, {columns} FROM sms_alert_history, generate_series(1, 1000) AS n"
    )
    db.execute(
        "INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message)"
        " SELECT h.id, n.event, n.channel, n.dedup_key || h.id, n.message"
        " FROM sms_alert_notifications AS n, sms_alert_history AS h WHERE h.entity <> 'all'"
    )
    db.execute(
        "INSERT INTO sms_alert_state (alert_type, entity, state, since, incident_id, evaluated_through)"
        " SELECT alert_type, entity, 'firing', triggered_at, id, triggered_at FROM sms_alert_history"
        " WHERE entity <> 'all'"
    )
    counting = Counting(db)
    assert FollowUp(conn=counting, now=live.now + minutes(30)).run() == {}
    assert counting.statements < 10
