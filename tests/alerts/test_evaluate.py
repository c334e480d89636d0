"""Given these hours, expect these states, incidents and outbox rows. Time is the test's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.alerts.evaluate import Evaluator
from sms_monitoring.alerts.followup import FollowUp
from sms_monitoring.alerts.store import ThresholdMissingError, WindowRetiredError
from sms_monitoring.links import DASHBOARD, DASHBOARD_LABEL
from sms_monitoring.notify.message import Link
from sms_monitoring.operators.delivery_rate import DeliveryRateAlertOperator
from sms_monitoring.timeframe import HOUR, Window
from tests.killing import killed_before_statement
from tests.product import at

ALERT = DeliveryRateAlertOperator.alert
HEALTHY, FAILING, TINY = (300, 290), (300, 120), (5, 0)


def hour_of_traffic(db, start, sent, delivered):
    """An hour of the rollup, as aggregation leaves it."""
    db.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', %s, %s)", (start.date(), start.date()))
    db.execute("DELETE FROM sms_metrics_hourly WHERE metric_hour = %s", (start,))
    aggregated(db, start)
    for metric_type, value in (("sent_count", sent), ("delivered_count", delivered)):
        for dimension, name in (("all", ""), ("carrier", "Verizon")):
            if value:
                db.execute(
                    "INSERT INTO sms_metrics_hourly VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (start.date(), start, metric_type, dimension, name, value, value),
                )


def evaluate(db, start, **changes):
    """Evaluate the hour that began at ``start``, a minute after its end."""
    window = Window(start, start + HOUR)
    now = changes.pop("now", window.end + timedelta(minutes=1))
    return Evaluator(conn=db, alert=ALERT, window=window, now=now, **changes).run()


def aggregated(db, start):
    """The families have aggregated this hour, whether it had traffic or not."""
    db.execute(
        "INSERT INTO sms_aggregated_hours SELECT unnest(ARRAY['delivery', 'generation', 'engagement']), %s"
        " ON CONFLICT DO NOTHING",
        (start,),
    )


def follow_up(db, now):
    """What the DAGs do between the evaluations."""
    return FollowUp(conn=db, now=now).run()


def run_hours(db, *hours, first="08:00"):
    """Evaluate hours of traffic in a row, each followed up; None is an hour without any."""
    for index, traffic in enumerate(hours):
        start = at(first) + index * HOUR
        aggregated(db, start)
        if traffic:
            hour_of_traffic(db, start, *traffic)
        evaluate(db, start)
        follow_up(db, start + HOUR + timedelta(minutes=2))


def states(db):
    return db.execute("SELECT entity, state, incident_id IS NOT NULL FROM sms_alert_state").fetchall()


def incidents(db):
    return db.execute(
        "SELECT triggered_at::time(0)::text, resolved_at::time(0)::text, resolved_by"
        " FROM sms_alert_history ORDER BY triggered_at"
    ).fetchall()


def outbox(db):
    return db.execute(
        "SELECT event, channel, status, suppressed_reason FROM sms_alert_notifications ORDER BY id"
    ).fetchall()


def transitions(db):
    return [
        f"{before or 'none'} → {after}: {reason}"
        for before, after, reason in db.execute(
            "SELECT from_state, to_state, reason FROM sms_alert_transitions ORDER BY id"
        ).fetchall()
    ]


def verdicts(db):
    return db.execute("SELECT verdict, reason, replayed FROM sms_alert_evaluations ORDER BY window_end").fetchall()


TRIGGER, RESOLVE = ("trigger", "pagerduty", "pending", None), ("resolve", "pagerduty", "pending", None)


@pytest.fixture(autouse=True)
def utc(db):
    db.execute("SET timezone = 'UTC'")


def test_an_incident_from_its_first_hour_to_its_last(db):
    run_hours(db, HEALTHY, FAILING, FAILING, HEALTHY, HEALTHY)
    assert incidents(db) == [("10:01:00", "13:01:00", "recovered")]
    assert outbox(db) == [TRIGGER, RESOLVE]
    assert states(db) == [("all", "ok", False)]
    assert [verdict for verdict, *_ in verdicts(db)] == ["ok", "breach", "breach", "ok", "ok"]
    assert transitions(db) == [
        "none → ok: first",
        "ok → firing: new",
        "firing → recovering: recovering",
        "recovering → ok: resolved",
    ]


def test_every_transition_names_its_window_and_its_incident(db):
    run_hours(db, HEALTHY, FAILING)
    rows = db.execute(
        "SELECT t.window_end, t.incident_id = h.id FROM sms_alert_transitions AS t CROSS JOIN sms_alert_history AS h"
    ).fetchall()
    assert rows == [(at("09:00"), None), (at("10:00"), True)]


def test_a_breach_is_pending_until_it_has_been_seen_often_enough(db):
    db.execute("UPDATE sms_alert_thresholds SET pending_evaluations = 3")
    run_hours(db, FAILING, FAILING, HEALTHY, FAILING, FAILING)
    assert states(db) == [("all", "pending", False)]
    run_hours(db, FAILING, first="13:00")
    assert states(db) == [("all", "firing", True)]
    assert transitions(db) == [
        "none → pending: pending",
        "pending → ok: cleared",
        "ok → pending: pending",
        "pending → firing: new",
    ]


def test_an_hour_judged_again_counts_once_towards_pending_and_recovery(db):
    db.execute("UPDATE sms_alert_thresholds SET pending_evaluations = 2")
    run_hours(db, FAILING)
    evaluate(db, at("08:00"))
    evaluate(db, at("08:00"))
    assert states(db) == [("all", "pending", False)]
    run_hours(db, FAILING, HEALTHY, first="09:00")
    evaluate(db, at("10:00"))
    assert states(db) == [("all", "recovering", True)]


def test_while_it_fires_a_value_is_good_only_past_the_recovery_threshold(db):
    db.execute("UPDATE sms_alert_thresholds SET recovery_threshold = 95 WHERE alert_type = 'delivery_rate_critical'")
    run_hours(db, FAILING, (300, 280), (300, 280))  # 93 %: not in breach, and not recovered
    assert states(db) == [("all", "firing", True)]
    run_hours(db, HEALTHY, HEALTHY, first="11:00")
    assert outbox(db) == [TRIGGER, RESOLVE]


def test_an_evaluation_delay_judges_the_hour_before(db):
    db.execute("UPDATE sms_alert_thresholds SET evaluation_delay_hours = 1")
    run_hours(db, FAILING, HEALTHY)
    assert db.execute("SELECT window_end, verdict FROM sms_alert_evaluations ORDER BY window_end").fetchall() == [
        (at("08:00"), "no_data"),
        (at("09:00"), "breach"),
    ]


def test_every_channel_of_the_alert_is_told_and_told_of_the_end(db):
    db.execute("UPDATE sms_alert_thresholds SET additional_channels = '{slack,pagerduty,email}'")
    run_hours(db, FAILING, HEALTHY, HEALTHY)
    assert [(event, channel) for event, channel, *_ in outbox(db)] == [
        ("trigger", "pagerduty"),
        ("trigger", "slack"),
        ("trigger", "email"),
        ("resolve", "email"),
        ("resolve", "pagerduty"),
        ("resolve", "slack"),
    ]


def test_no_data_is_a_breach_where_the_policy_says_so_and_the_message_says_what_is_missing(db):
    db.execute("UPDATE sms_alert_thresholds SET no_data_policy = 'alert'")
    run_hours(db, HEALTHY, None)
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications").fetchall()
    assert message["title"] == "SMS delivery rate is low: no data"
    assert "there was nothing to measure from 2026-03-10 09:00 to 2026-03-10 10:00 UTC" in message["summary"]
    assert db.execute("SELECT cause, metric_value FROM sms_alert_history").fetchall() == [("no_rows", None)]


def test_an_hour_never_aggregated_is_not_fine_even_where_no_data_is(db):
    db.execute("UPDATE sms_alert_thresholds SET no_data_policy = 'ok'")
    run_hours(db, None)
    assert states(db) == [("all", "ok", False)]
    evaluate(db, at("09:00"))
    assert states(db) == [("all", "no_data", False)]


def test_a_message_names_owner_and_runbook(db):
    db.execute("UPDATE sms_alert_thresholds SET owner = 'messaging', runbook_url = 'https://wiki.example.com/delivery'")
    run_hours(db, FAILING)
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications").fetchall()
    assert ["Owner", "messaging"] in message["facts"]
    assert message["links"][0] == {"label": "Runbook", "url": "https://wiki.example.com/delivery"}


def test_without_a_runbook_of_its_own_a_message_leads_to_the_bundles(db):
    dashboard = Link(label=DASHBOARD_LABEL, url=f"https://airflow.example.com/team/{DASHBOARD}")
    hour_of_traffic(db, at("08:00"), *FAILING)
    evaluate(db, at("08:00"), links=(dashboard,))
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications").fetchall()
    assert message["links"][0] == {
        "label": "Runbook",
        "url": "https://airflow.example.com/team/api/sms/metrics/runbooks/delivery_rate_critical",
    }


@pytest.mark.parametrize(
    "change",
    [
        "pending_evaluations = 0",
        "recovery_evaluations = 0",
        "recovery_threshold = 80",
        "widen_to_hours = -1",
        "long_window_minimum_sample = 0",
        "no_data_policy = 'panic'",
        "evaluation_delay_hours = -1",
        "repeat_interval_minutes = 1",
        "escalation_channel = 'email'",
        "escalate_after_minutes = 30",
        "escalation_channel = 'pigeon', escalate_after_minutes = 30",
        "additional_channels = '{slack,pigeon}'",
        "runbook_url = 'javascript:alert(1)'",
        "owner = ''",
    ],
)
def test_nonsense_in_the_thresholds_table_is_refused(db, change):
    with pytest.raises(psycopg.errors.IntegrityError):
        db.execute(f"UPDATE sms_alert_thresholds SET {change} WHERE alert_type = 'delivery_rate_critical'")


def test_a_healthy_product_opens_nothing_and_says_nothing(db):
    run_hours(db, *[HEALTHY] * 6)
    assert incidents(db) == []
    assert outbox(db) == []


def test_three_failed_messages_page_nobody(db):
    run_hours(db, (3, 0))
    assert states(db) == [("all", "insufficient_data", False)]
    assert verdicts(db) == [("insufficient_data", "sample_too_small", False)]
    assert outbox(db) == []


def test_a_gap_in_the_data_resolves_nothing(db):
    run_hours(db, FAILING, None, TINY, FAILING)
    assert incidents(db) == [("09:01:00", None, None)]
    assert outbox(db) == [TRIGGER]
    # Five messages are too few to tell: the last four hours with them still tell of the outage.
    assert [verdict for verdict, *_ in verdicts(db)] == ["breach", "no_data", "breach", "breach"]


def test_while_the_data_is_missing_the_incident_stays_open_and_the_state_says_so(db):
    run_hours(db, FAILING, None)
    assert states(db) == [("all", "no_data", True)]


def test_no_data_at_all_is_a_state_of_its_own(db):
    run_hours(db, None)
    assert states(db) == [("all", "no_data", False)]
    assert verdicts(db) == [("no_data", "no_rows", False)]


def test_an_hour_that_was_not_aggregated_is_no_data_whatever_older_hours_say(db):
    run_hours(db, FAILING)
    evaluate(db, at("09:00"))
    assert verdicts(db)[-1] == ("no_data", "not_aggregated", False)
    assert states(db) == [("all", "no_data", True)]
    assert outbox(db) == [TRIGGER]


def test_an_hour_that_was_aggregated_before_it_was_over_is_not_judged(db):
    hour_of_traffic(db, at("08:00"), *FAILING)
    db.execute("UPDATE sms_aggregated_hours SET aggregated_at = '2026-03-10 08:30+00'")
    evaluate(db, at("08:00"))
    assert verdicts(db) == [("no_data", "not_aggregated", False)]


def test_an_incident_inside_the_cooldown_is_recorded_and_announced_when_it_outlasts_it(db):
    db.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = 240")
    run_hours(db, FAILING, HEALTHY, HEALTHY, FAILING, FAILING, FAILING)
    assert len(incidents(db)) == 2
    assert outbox(db) == [TRIGGER, RESOLVE, ("trigger", "pagerduty", "suppressed", "cooldown"), TRIGGER]
    assert transitions(db)[-3:] == ["ok → firing: new", "firing → firing: cooldown", "firing → firing: announced"]


def test_an_incident_that_ends_inside_the_cooldown_is_recorded_and_never_spoken_of(db):
    db.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = 600")
    run_hours(db, FAILING, HEALTHY, HEALTHY, FAILING, HEALTHY, HEALTHY)
    assert [resolved for _, resolved, _ in incidents(db)] == ["11:01:00", "14:01:00"]
    assert outbox(db) == [TRIGGER, RESOLVE, ("trigger", "pagerduty", "suppressed", "cooldown")]


def test_an_alert_that_flaps_every_hour_is_one_incident(db):
    run_hours(db, FAILING, HEALTHY, FAILING, HEALTHY, FAILING)
    assert outbox(db) == [TRIGGER]
    assert transitions(db)[1:] == [
        "firing → recovering: recovering",
        "recovering → firing: relapsed",
        "firing → recovering: recovering",
        "recovering → firing: relapsed",
    ]


def test_one_that_comes_back_after_it_was_over_is_told_every_time(db):
    run_hours(db, FAILING, HEALTHY, HEALTHY, FAILING, HEALTHY, HEALTHY, FAILING)
    assert outbox(db) == [TRIGGER, RESOLVE, TRIGGER, RESOLVE, TRIGGER]


def test_history_never_pages(db):
    hour_of_traffic(db, at("08:00"), *FAILING)
    evaluate(db, at("08:00"), replay=True)
    assert verdicts(db) == [("breach", "past_threshold", True)]
    assert states(db) == incidents(db) == outbox(db) == []
    assert transitions(db) == ["none → None: replayed"]


def test_an_older_window_than_the_newest_judged_changes_nothing(db):
    run_hours(db, HEALTHY, HEALTHY)
    hour_of_traffic(db, at("07:00"), *FAILING)
    evaluate(db, at("07:00"), now=at("10:05"))
    assert verdicts(db)[0] == ("breach", "past_threshold", True)
    assert outbox(db) == []


def test_a_wrong_clock_does_not_silence_the_alert_until_its_time_comes(db):
    run_hours(db, HEALTHY)
    db.execute("UPDATE sms_alert_state SET evaluated_through = '2027-01-01', last_announced_at = '2027-01-01'")
    run_hours(db, FAILING, first="09:00")
    assert outbox(db) == [TRIGGER]
    assert db.execute("SELECT evaluated_through FROM sms_alert_state").fetchone() == (at("10:00"),)


def test_a_trigger_that_failed_for_good_told_nobody_and_is_said_again(db):
    run_hours(db, FAILING)
    db.execute("UPDATE sms_alert_notifications SET status = 'failed'")
    run_hours(db, FAILING, FAILING, first="09:00")
    failed = ("trigger", "pagerduty", "failed", None)
    assert outbox(db) == [failed, TRIGGER]
    assert len(incidents(db)) == 1
    for hour in ("11:00", "12:00", "13:00"):
        db.execute("UPDATE sms_alert_notifications SET status = 'failed'")
        run_hours(db, FAILING, first=hour)
    assert outbox(db) == [failed] * 3, "three times, not for ever"


def test_the_same_hour_judged_again_opens_one_incident_and_follows_corrected_data(db):
    run_hours(db, FAILING)
    evaluate(db, at("08:00"))
    assert outbox(db) == [TRIGGER]
    hour_of_traffic(db, at("08:00"), *HEALTHY)
    evaluate(db, at("08:00"))
    run_hours(db, HEALTHY, first="09:00")
    assert outbox(db) == [TRIGGER, RESOLVE]


def test_four_evaluations_at_once_open_one_incident(db, database_uri):
    hour_of_traffic(db, at("08:00"), *FAILING)

    def worker(_):
        with sms_db.connect(database_uri) as conn:
            evaluate(conn, at("08:00"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert len(incidents(db)) == 1
    assert outbox(db) == [TRIGGER]


def test_a_disabled_alert_says_nothing_and_ends_what_it_had_begun(db):
    run_hours(db, FAILING)
    db.execute("UPDATE sms_alert_thresholds SET enabled = false")
    evaluate(db, at("09:00"))
    assert incidents(db) == [("09:01:00", "10:01:00", "alert disabled")]
    assert outbox(db) == [TRIGGER, RESOLVE]


def test_an_incident_resolved_by_a_person_is_over_and_a_new_breach_is_a_new_incident(db):
    db.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = 0")
    run_hours(db, FAILING)
    db.execute("UPDATE sms_alert_history SET resolved_at = now(), resolved_by = 'ann'")
    run_hours(db, FAILING, first="09:00")
    assert len(incidents(db)) == 2
    assert sorted(outbox(db)) == [RESOLVE, TRIGGER, TRIGGER]
    assert transitions(db)[1:] == [
        "firing → ok: resolved_by_person",
        "ok → firing: new",
    ]


def test_the_end_that_a_person_set_is_told_where_the_beginning_was(db):
    run_hours(db, FAILING)
    db.execute("UPDATE sms_alert_history SET resolved_at = now(), resolved_by = 'ann'")
    run_hours(db, HEALTHY, HEALTHY, first="09:00")
    assert outbox(db) == [TRIGGER, RESOLVE]
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications WHERE event = 'resolve'").fetchall()
    assert message["summary"].endswith("resolved by ann.")


def test_a_changed_threshold_takes_effect_at_the_next_evaluation(db):
    run_hours(db, FAILING)
    db.execute("UPDATE sms_alert_thresholds SET threshold_value = 20, notification_channel = 'slack'")
    run_hours(db, FAILING, FAILING, first="09:00")
    assert outbox(db) == [TRIGGER, RESOLVE], "the end is told where the beginning was"


def test_a_broken_query_is_an_error_on_record_and_resolves_nothing(db):
    run_hours(db, FAILING)
    aggregated(db, at("09:00"))
    db.execute("ALTER TABLE sms_metrics_hourly RENAME COLUMN dimension_value TO dimension_name")
    with pytest.raises(psycopg.errors.UndefinedColumn, match="dimension_value"):
        evaluate(db, at("09:00"))
    assert verdicts(db)[-1] == ("error", "query_failed", False)
    assert states(db) == [("all", "error", True)]
    assert outbox(db) == [TRIGGER]


def test_an_alert_type_without_a_threshold_row_says_so(db):
    db.execute("DELETE FROM sms_alert_thresholds WHERE alert_type = 'delivery_rate_critical'")
    with pytest.raises(ThresholdMissingError, match="'delivery_rate_critical' has no row in sms_alert_thresholds"):
        evaluate(db, at("08:00"))


def test_the_message_has_the_numbers_and_the_carriers(db):
    run_hours(db, FAILING)
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications").fetchall()
    assert message["title"] == "SMS delivery rate is low"
    assert message["summary"] == "SMS delivery rate is low: 40 %, below the threshold of 90 % (sample 300)."
    assert ["Delivered at Verizon", "40.0 % of 300"] in message["facts"]


def test_check_sms_alerts_tells_where_every_alert_stands(db):
    run_hours(db, FAILING)
    rows = db.execute(
        "SELECT alert_type, is_triggered, state, current_value::int, sample_size FROM check_sms_alerts()"
    ).fetchall()
    assert ("delivery_rate_critical", True, "firing", 40, 300) in rows
    assert ("opt_out_rate_warning", False, "never_evaluated", None, None) in rows


def test_last_triggered_at_shows_in_the_thresholds_table(db):
    run_hours(db, FAILING)
    [(when,)] = db.execute(
        "SELECT last_triggered_at FROM sms_alert_thresholds WHERE alert_type = 'delivery_rate_critical'"
    ).fetchall()
    assert when == at("09:01")


def test_kill_9_before_any_statement_then_a_rerun_opens_and_announces_once(db, database_uri):
    hour_of_traffic(db, at("08:00"), *FAILING)
    statement = 0
    while killed_before_statement(database_uri, statement, lambda conn: evaluate(conn, at("08:00"))):
        statement += 1
    assert statement > 8
    assert len(incidents(db)) == 1
    assert outbox(db) == [TRIGGER]


def test_a_window_that_retention_dropped_is_refused_by_name(db):
    hour_of_traffic(db, at("08:00"), *FAILING)
    db.execute(
        "UPDATE sms_retention_policies SET dropped_before = '2026-04-01' WHERE table_name = 'sms_alert_evaluations'"
    )
    with pytest.raises(WindowRetiredError, match="evaluations before 2026-04-01 were dropped by retention"):
        evaluate(db, at("08:00"), replay=True)
