"""Given these rows, each alert type of the watchdog sees this; beside it what its shipped threshold makes of it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring import runbooks
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.alerts.judge import judge
from sms_monitoring.alerts.observe import observe
from sms_monitoring.alerts.store import load_threshold
from sms_monitoring.retention.pipeline import make_partitions_ahead
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from sms_monitoring.watchdog.types import ABOUT_CHANNELS, WATCHES
from tests.notify.samples import ESCALATE, RESOLVE, TEST, add_incident
from tests.product import add_message, add_opt_out, at
from tests.watchdog.rows import (
    NOW,
    aggregated,
    begun,
    dag,
    evaluated,
    insert,
    notification,
    quality_run,
    real_now,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BY_NAME = {alert.name: alert for alert in WATCHES}


def seen(db, alert_type, now=NOW):
    """Entity → (value, verdict) at ``now``."""
    end = floor_hour(now)
    threshold = load_threshold(db, alert_type)
    return {
        found.entity: (found.value, judge(found, threshold, BY_NAME[alert_type].measure).verdict.value)
        for found in observe(db, alert_type, Window(end - HOUR, end), now)
    }


@pytest.mark.parametrize("alert", WATCHES, ids=lambda alert: alert.name)
def test_every_type_has_a_threshold(db, alert):
    threshold = load_threshold(db, alert.name)
    assert (threshold.enabled, threshold.pending_evaluations, threshold.recovery_evaluations) == (True, 1, 1)
    assert threshold.owner


@pytest.mark.parametrize("name", [*sorted(BY_NAME), "watchdog"])
def test_every_runbook_can_be_followed(db, name):
    text = runbooks.read(name)
    assert text.startswith(f"# {name}\n")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections == ["What it means", "First look", "Usual causes", "How to mend it", "How to silence it"]
    for statement in re.findall(r"```sql\n(.*?)```", text, re.DOTALL):
        with db.transaction(force_rollback=True):
            db.execute(statement)


@pytest.mark.parametrize("alert", WATCHES, ids=lambda alert: alert.name)
def test_a_fresh_installation_raises_nothing(db, alert):
    now = real_now()
    assert "breach" not in {verdict for _, verdict in seen(db, alert.name, now).values()}


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ahead", [-1, 1])
@pytest.mark.parametrize(("seconds", "verdict"), [(20, "ok"), (40, "breach"), (7200, "breach")])
def test_clock_skew_is_the_difference_either_way(db, ahead, seconds, verdict):
    value, found = seen(db, "clock_skew", real_now() + ahead * timedelta(seconds=seconds))["all"]
    assert value == pytest.approx(Decimal(seconds), abs=5)
    assert found == verdict


# ── DAGs ─────────────────────────────────────────────────────────────────────────────────────


def test_dag_paused(db):
    dag(db, "sms_daily_digest", is_paused=True)
    dag(db, "sms_hourly_monitoring")
    dag(db, "sms_alert_followup", is_paused=True, observed_at=NOW - 3 * HOUR)
    dag(db, "sms_daily_retention", is_paused=None)
    assert seen(db, "dag_paused") == {
        "sms_daily_digest": (1, "breach"),
        "sms_hourly_monitoring": (0, "ok"),
        # Nobody has asked Airflow for three hours. Of sms_daily_retention a callback told, which knows of runs only.
        "sms_alert_followup": (None, "no_data"),
    }


def test_dag_failing_from_the_second_run_in_a_row(db):
    dag(db, "sms_hourly_monitoring", failures_in_a_row=2)
    dag(db, "sms_daily_digest", failures_in_a_row=1)
    dag(db, "sms_alert_followup", failures_in_a_row=9, observed_at=NOW - 3 * HOUR)
    assert seen(db, "dag_failing") == {
        "sms_hourly_monitoring": (2, "breach"),
        "sms_daily_digest": (1, "ok"),
        "sms_alert_followup": (None, "no_data"),
    }


# ── Aggregation and the daily view ───────────────────────────────────────────────────────────


def test_aggregation_late_knows_the_families():
    from sms_monitoring.sqlfiles import read_sql

    assert "{" + ",".join(sorted(FAMILIES)) + "}" in read_sql("alerts/aggregation_late.sql")


def test_aggregation_late_is_counted_from_the_end_of_the_newest_hour(db):
    aggregated(db, at("11:00"))
    assert set(seen(db, "aggregation_late", at("13:04")).values()) == {(64, "ok")}
    assert set(seen(db, "aggregation_late", at("13:36")).values()) == {(96, "breach")}


def test_one_family_is_late_by_itself(db):
    aggregated(db, at("11:00"), ("generation", "engagement", "recorded"))
    aggregated(db, at("09:00"), ("delivery",))
    found = seen(db, "aggregation_late")
    assert found["delivery"] == (125, "breach")
    assert found["generation"] == (5, "ok")


def test_a_family_that_never_aggregated_is_late_as_soon_as_others_are_on_time(db):
    aggregated(db, at("09:00"), ("generation",))
    assert seen(db, "aggregation_late", at("10:05"))["delivery"] == (60, "ok")
    assert seen(db, "aggregation_late")["delivery"] == (185, "breach")


def test_an_hour_counts_once_it_was_over_and_not_in_the_future(db):
    insert(db, "sms_aggregated_hours", family="delivery", metric_hour=at("09:00"), aggregated_at=at("10:03"))
    insert(db, "sms_aggregated_hours", family="delivery", metric_hour=at("11:00"), aggregated_at=at("11:30"))
    insert(db, "sms_aggregated_hours", family="delivery", metric_hour=at("18:00"), aggregated_at=at("19:03"))
    assert seen(db, "aggregation_late")["delivery"] == (125, "breach")


def test_hours_that_are_caught_up_with_are_not_late_while_they_advance(db):
    insert(db, "sms_aggregated_hours", family="delivery", metric_hour=NOW_HOUR - 60 * DAY, aggregated_at=NOW - MINUTE)
    found = seen(db, "aggregation_late")
    assert set(found.values()) == {(60, "ok")}, "the other families are about to begin"
    later = {verdict for _, verdict in seen(db, "aggregation_late", NOW + 40 * MINUTE).values()}
    assert later == {"breach"}, "nothing came since"


def test_an_old_hour_that_is_aggregated_again_hides_no_late_one(db):
    aggregated(db, at("09:00"))
    old = at("09:00") - 3 * DAY
    insert(db, "sms_aggregated_hours", family="delivery", metric_hour=old, aggregated_at=NOW - MINUTE)
    assert seen(db, "aggregation_late")["delivery"] == (125, "breach")


def test_view_refresh_late(db):
    db.execute("INSERT INTO sms_metrics_by_day VALUES (current_date, 'sent_count', 1, 1)")
    db.execute("REFRESH MATERIALIZED VIEW sms_metrics_daily")
    assert seen(db, "view_refresh_late", real_now() + 90 * MINUTE) == {"sms_metrics_daily": (90, "ok")}
    assert seen(db, "view_refresh_late", real_now() + 100 * MINUTE) == {"sms_metrics_daily": (100, "breach")}


def test_a_view_without_a_row_says_nothing(db):
    assert seen(db, "view_refresh_late", real_now()) == {}


# ── Sources ──────────────────────────────────────────────────────────────────────────────────


def busy(db, begin, end, every=MINUTE):
    """A message each ``every``, sent when it was made."""
    moment = begin
    while moment < end:
        add_message(db, moment, created_at=moment, generated_via="llm")
        moment += every


def test_source_silent_counts_what_usually_comes_in_the_silence(db):
    for week in (1, 2, 3):
        busy(db, NOW - week * 7 * DAY - 2 * HOUR, NOW - week * 7 * DAY)
    busy(db, NOW - 2 * HOUR, NOW - 80 * MINUTE)
    found = seen(db, "source_silent")
    # 81 minutes are silent, of which the last 15 do not count.
    assert found["source_messages"] == (66, "breach")
    assert found["source_generations"] == (66, "breach")
    assert found["source_engagement"] == (None, "insufficient_data")


def test_a_source_that_speaks_is_fine(db):
    for week in (1, 2):
        busy(db, NOW - week * 7 * DAY - 2 * HOUR, NOW - week * 7 * DAY)
    busy(db, NOW - 2 * HOUR, NOW - 5 * MINUTE)
    assert seen(db, "source_silent")["source_messages"] == (0, "ok")


def test_a_night_that_is_always_silent_is_fine(db):
    for week in (1, 2):
        busy(db, NOW - week * 7 * DAY - 12 * HOUR, NOW - week * 7 * DAY - 6 * HOUR, 5 * MINUTE)
    busy(db, NOW - 12 * HOUR, NOW - 6 * HOUR, 5 * MINUTE)
    assert seen(db, "source_silent")["source_messages"] == (0, "ok")


def test_one_burst_of_the_past_is_not_usual(db):
    busy(db, NOW - 7 * DAY - HOUR, NOW - 7 * DAY, MINUTE / 10)
    for week in (1, 2, 3, 4):
        busy(db, NOW - week * 7 * DAY - 2 * HOUR, NOW - week * 7 * DAY, 10 * MINUTE)
    add_message(db, NOW - HOUR, created_at=NOW - HOUR)
    value, verdict = seen(db, "source_silent")["source_messages"]
    assert (value < 10, verdict) == (True, "ok")


def test_without_a_week_behind_it_a_source_cannot_be_compared(db):
    busy(db, NOW - 3 * DAY, NOW - 3 * DAY + HOUR)
    assert seen(db, "source_silent")["source_messages"] == (None, "insufficient_data")


def test_a_silence_of_days_is_still_seen(db):
    for week in (1, 2):
        busy(db, NOW - week * 7 * DAY - DAY, NOW - week * 7 * DAY, 10 * MINUTE)
    value, verdict = seen(db, "source_silent")["source_messages"]
    assert (value, verdict) == (142, "breach")


@pytest.mark.parametrize(
    ("now", "usual_start", "newest", "verdict"),
    [
        # Summer time has ended: 08:00 in Berlin is an hour later, and nothing is due at 07:58.
        ("2026-10-25 06:58", "06:00", "2026-10-24 16:00", "ok"),
        # It has begun: 08:00 is an hour earlier, and at 08:58 nothing has come.
        ("2026-03-29 06:58", "07:00", "2026-03-28 16:00", "breach"),
    ],
)
def test_a_week_ago_is_the_same_time_of_the_clock(db, now, usual_start, newest, verdict):
    db.execute("SELECT set_config('sms_monitoring.timezone', 'Europe/Berlin', false)")
    now = at(now)
    for week in (1, 2):
        start = at(f"{(now - week * 7 * DAY).date()} {usual_start}")
        add_message(db, at(newest) - week * 7 * DAY - HOUR)
        busy(db, start, start + 2 * HOUR, MINUTE / 2)
    assert at(newest) < now
    assert seen(db, "source_silent", now)["source_messages"][1] == verdict


def test_facts_of_the_future_break_no_silence(db):
    for week in (1, 2):
        busy(db, NOW - week * 7 * DAY - 2 * HOUR, NOW - week * 7 * DAY)
    add_message(db, NOW - 2 * HOUR)
    add_message(db, NOW + HOUR)
    add_opt_out(db, "11111111-1111-4111-8111-111111111111", NOW + HOUR)
    assert seen(db, "source_silent")["source_messages"][1] == "breach"


# ── The outbox ───────────────────────────────────────────────────────────────────────────────


def test_outbox_stuck_is_how_long_the_oldest_has_been_due(db):
    notification(db, "slack", next_attempt_at=NOW - 25 * MINUTE)
    notification(db, "slack", next_attempt_at=NOW - 5 * MINUTE)
    notification(db, "email", next_attempt_at=NOW - 15 * MINUTE)
    notification(db, "sms", next_attempt_at=NOW + 15 * MINUTE)
    assert seen(db, "outbox_stuck") == {
        "slack": (25, "breach"),
        "email": (15, "ok"),
        "sms": (0, "ok"),
        "pagerduty": (0, "ok"),
        "webhook": (0, "ok"),
    }


def test_a_claim_is_stuck_once_its_lease_is_over(db):
    claimed = {"status": "sending", "claimed_by": "ann", "attempts": 1, "next_attempt_at": NOW - 90 * MINUTE}
    notification(db, "slack", lease_until=NOW - 25 * MINUTE, **claimed)
    notification(db, "email", lease_until=NOW + MINUTE, **claimed)
    found = seen(db, "outbox_stuck")
    assert (found["slack"], found["email"]) == ((25, "breach"), (0, "ok"))


def test_what_waits_for_the_beginning_of_its_incident_is_not_stuck(db):
    incident = add_incident(db)
    notification(db, "slack", incident=incident, next_attempt_at=NOW + MINUTE, attempts=1)
    for message in (ESCALATE, RESOLVE):
        notification(db, "slack", message, incident=incident, next_attempt_at=NOW - 2 * HOUR)
    assert seen(db, "outbox_stuck")["slack"] == (0, "ok")

    db.execute("UPDATE sms_alert_notifications SET status = 'sent', sent_at = now() WHERE event = 'trigger'")
    assert seen(db, "outbox_stuck")["slack"] == (120, "breach")
    db.execute("UPDATE sms_alert_notifications SET next_attempt_at = %s WHERE event = 'escalate'", (NOW + MINUTE,))
    assert seen(db, "outbox_stuck")["slack"] == (0, "ok"), "an end waits for all before it"


def test_outbox_failing_from_the_third_attempt(db):
    notification(db, "slack", attempts=3, last_error="Slack answered 500 for +12025550143, at 2026-03-10 11:00")
    notification(db, "slack", attempts=2, last_error="Slack answered 500")
    notification(db, "email", attempts=0, last_error="SMTP is not set up")
    found = seen(db, "outbox_failing")
    assert (found["slack"], found["email"], found["sms"]) == ((1, "breach"), (0, "ok"), (0, "ok"))
    [slack] = [each for each in observe(db, "outbox_failing", Window(NOW_HOUR - HOUR, NOW_HOUR)) if each.value]
    assert slack.details == {"Attempts": 3, "Last error": "Slack answered 500 for ‹number›, at 2026-03-10 11:00"}


NOW_HOUR = floor_hour(NOW)


def test_dead_letters_of_the_last_day(db):
    lost = {"status": "failed", "attempts": 10, "created_at": NOW - 6 * HOUR, "next_attempt_at": NOW - 2 * HOUR}
    for _ in range(3):
        notification(db, "slack", **lost, last_error="given up after 10 attempts: Slack answered 500")
    for _ in range(2):
        notification(db, "email", **lost, last_error="refused")
    for _ in range(3):
        notification(db, "sms", **{**lost, "next_attempt_at": NOW - 25 * HOUR, "created_at": NOW - 26 * HOUR})
    for _ in range(3):
        notification(db, "webhook", TEST, **lost)
    old = {"status": "failed", "next_attempt_at": NOW - 30 * HOUR, "created_at": NOW - 30 * HOUR}
    for _ in range(3):
        # Nothing could ever be tried: given up when it was a day old, six hours ago.
        notification(db, "pagerduty", **old, last_error="given up after 24 h: PagerDuty is not set up")
    assert seen(db, "dead_letters_growing") == {
        "slack": (3, "breach"),
        "email": (2, "ok"),
        "sms": (0, "ok"),
        "webhook": (0, "ok"),
        "pagerduty": (3, "breach"),
    }


def test_types_about_channels_have_channels_as_entities(db):
    channels = {row[0] for row in db.execute("SELECT channel FROM sms_notification_channels").fetchall()}
    for alert_type in ABOUT_CHANNELS:
        assert set(seen(db, alert_type)) == channels


# ── Partitions ───────────────────────────────────────────────────────────────────────────────

TABLES = ("sms_metrics", "sms_metrics_hourly", "sms_alert_evaluations")


def test_partitions_made_ahead(db):
    begun(db, NOW - 2 * DAY)
    make_partitions_ahead(db, NOW.date())
    found = seen(db, "partitions_missing")
    assert found["sms_metrics"] == (8, "ok")
    assert {table: found[table][1] for table in TABLES} == dict.fromkeys(TABLES, "ok")


def test_the_night_before_there_is_none_for_tomorrow(db):
    begun(db, NOW - 2 * DAY)
    make_partitions_ahead(db, NOW.date(), days_ahead=0)
    assert seen(db, "partitions_missing")["sms_metrics"] == (1, "breach")


def test_a_gap_is_what_counts(db):
    begun(db, NOW - 2 * DAY)
    make_partitions_ahead(db, NOW.date())
    db.execute("DROP TABLE sms_metrics_20260311")
    assert seen(db, "partitions_missing")["sms_metrics"] == (1, "breach")


def test_on_its_first_day_a_table_may_have_none(db):
    begun(db, NOW - 20 * HOUR)
    assert seen(db, "partitions_missing")["sms_metrics"] == (0, "insufficient_data")


# ── Quality checks and evaluations ───────────────────────────────────────────────────────────


def test_quality_checks_late(db):
    quality_run(db, "gate", NOW - HOUR)
    quality_run(db, "full", NOW - 25 * HOUR)
    assert seen(db, "quality_checks_late") == {"gate": (0, "ok"), "full": (1, "ok")}
    assert seen(db, "quality_checks_late", NOW + 3 * HOUR) == {"gate": (3, "breach"), "full": (4, "breach")}


def test_an_upgrade_brings_no_old_debts(db):
    """A month of history, and the alert types of the watchdog were made an hour ago."""
    begun(db, NOW - 30 * DAY)
    evaluated(db, "delivery_rate_critical", NOW - 3 * HOUR)
    db.execute(
        "UPDATE sms_alert_thresholds SET created_at = %s WHERE alert_type = ANY(%s)", (NOW - HOUR, list(BY_NAME))
    )
    for alert_type in ("quality_checks_late", "partitions_missing", "evaluations_missing"):
        assert "breach" not in {verdict for _, verdict in seen(db, alert_type).values()}, alert_type


def test_a_run_that_was_killed_has_not_finished(db):
    begun(db, NOW - 5 * HOUR)
    quality_run(db, "gate", None)
    assert seen(db, "quality_checks_late") == {"gate": (4, "breach"), "full": (0, "ok")}


def test_evaluations_missing_by_enabled_alert(db):
    begun(db, NOW - DAY)
    db.execute("UPDATE sms_alert_thresholds SET created_at = %s", (NOW - 2 * DAY,))
    db.execute("UPDATE sms_alert_thresholds SET enabled = false WHERE alert_type = 'opt_out_rate_warning'")
    evaluated(db, "delivery_rate_critical", NOW - 62 * MINUTE)
    evaluated(db, "llm_failure_critical", NOW - 100 * MINUTE)
    evaluated(db, "llm_cost_spike_warning", NOW - 62 * MINUTE, replayed=True)
    evaluated(db, "daily_limit_hit_warning", NOW - 62 * MINUTE, verdict="error", reason="query_failed")
    found = seen(db, "evaluations_missing")
    assert found["delivery_rate_critical"] == (62, "ok")
    assert found["llm_failure_critical"] == (100, "breach")
    assert found["llm_cost_spike_warning"] == (1440, "breach"), "history is no evaluation of the present"
    assert found["daily_limit_hit_warning"] == (1440, "breach"), "nothing was seen"
    assert "opt_out_rate_warning" not in found
    assert "evaluations_missing" not in found


def test_an_alert_that_was_just_enabled_has_its_time(db):
    begun(db, real_now() - 10 * DAY)
    db.execute("UPDATE sms_alert_thresholds SET created_at = now() - interval '9 days'")
    for enabled in (False, True):
        db.execute("UPDATE sms_alert_thresholds SET enabled = %s WHERE alert_type = 'opt_out_rate_warning'", (enabled,))
    found = seen(db, "evaluations_missing", real_now() + 90 * MINUTE)
    assert found["opt_out_rate_warning"] == (90, "ok")
    assert found["delivery_rate_critical"][1] == "breach"
