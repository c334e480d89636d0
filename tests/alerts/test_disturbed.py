"""The engine among people: what one of them does, or forgets to do, must not silence an alert."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.notify.outbox import suppress
from sms_monitoring.timeframe import HOUR
from tests.alerts.test_evaluate import FAILING, HEALTHY, TRIGGER, evaluate, follow_up, outbox, run_hours
from tests.product import at


def test_a_forgotten_commit_on_the_threshold_does_not_hold_back_the_page(db, database_uri):
    run_hours(db, HEALTHY)
    with sms_db.connect(database_uri) as person, person.transaction():
        person.execute(
            "SELECT sms_alert_edit_threshold('delivery_rate_critical', 'ann', '{\"threshold_value\": 91}'::jsonb)"
        )
        run_hours(db, FAILING, first="09:00")
        assert outbox(db) == [TRIGGER]


def test_a_row_that_somebody_holds_ends_the_evaluation_in_time_and_the_next_one_goes_on(db, database_uri, monkeypatch):
    monkeypatch.setattr("sms_monitoring.db.LOCK_TIMEOUT", "50ms")
    run_hours(db, FAILING, HEALTHY)
    with sms_db.connect(database_uri) as person, person.transaction():
        person.execute("SELECT sms_alert_acknowledge(id, 'ann') FROM sms_alert_history")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            run_hours(db, HEALTHY, first="10:00")
    evaluate(db, at("10:00"))
    assert [event for event, *_ in outbox(db)] == ["trigger", "resolve"]


def test_a_transaction_that_met_a_deadlock_is_done_again(db):
    left = [psycopg.errors.DeadlockDetected("deadlock detected"), psycopg.errors.DeadlockDetected("once more")]

    def work():
        if left:
            raise left.pop()
        return "done"

    assert sms_db.retried(work) == "done"
    assert left == []


def test_one_incident_whose_message_cannot_be_read_stops_no_other(db):
    run_hours(db, FAILING)
    db.execute('UPDATE sms_alert_notifications SET message = \'{"title": "x"}\'')
    db.execute("UPDATE sms_alert_thresholds SET repeat_interval_minutes = 5")
    now = at("08:00") + HOUR + timedelta(minutes=30)
    db.execute(
        "INSERT INTO sms_alert_history (alert_type, entity, severity, triggered_at, announced_at, message)"
        " VALUES ('delivery_rate_critical', 'Verizon', 'critical', %s, %s, '')",
        (at("09:00"), at("09:00")),
    )
    db.execute(
        "INSERT INTO sms_alert_state (alert_type, entity, state, since, incident_id, evaluated_through)"
        " SELECT alert_type, entity, 'firing', triggered_at, id, triggered_at FROM sms_alert_history"
        " WHERE entity = 'Verizon'"
    )
    db.execute(
        "INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message)"
        " SELECT id, 'trigger', 'pagerduty', 'k', %s::jsonb FROM sms_alert_history WHERE entity = 'Verizon'",
        (
            '{"event": "trigger", "severity": "critical", "alert_type": "delivery_rate_critical", "entity": "Verizon",'
            ' "dedup_key": "k", "title": "t", "summary": "s", "occurred_at": "2026-03-10T09:00:00+00:00",'
            ' "facts": [], "links": []}',
        ),
    )
    with pytest.raises(KeyError):
        follow_up(db, now)
    assert [event for event, *_ in outbox(db)] == ["trigger", "trigger", "repeat"]


@pytest.mark.parametrize("channels", ["{{slack,email}}", "{{slack},{email}}"])
def test_channels_in_a_nested_array_are_refused(db, channels):
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute("UPDATE sms_alert_thresholds SET additional_channels = %s", (channels,))


def test_a_channel_that_an_alert_names_cannot_be_deleted(db):
    db.execute(
        "UPDATE sms_alert_thresholds SET additional_channels = '{webhook}' WHERE alert_type = 'opt_out_rate_warning'"
    )
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="in use by additional_channels of: opt_out_rate_w"):
        db.execute("DELETE FROM sms_notification_channels WHERE channel = 'webhook'")


def test_an_endless_mute_window_made_after_the_page_was_written_holds_it_back(db):
    run_hours(db, FAILING)
    db.execute("SELECT sms_alert_mute('ann', 'always quiet', '00:00', '00:00', 'UTC')")
    suppress(db, "pagerduty")
    assert outbox(db) == [("trigger", "pagerduty", "suppressed", "muted")]
