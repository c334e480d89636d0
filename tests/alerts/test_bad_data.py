"""Hours that failed a critical check of their data are not judged. Given these marks, expect these states."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest

from sms_monitoring.alerts.evaluate import Evaluator
from sms_monitoring.alerts.model import ALL, Reason, Verdict
from sms_monitoring.alerts.rehearsal import Rehearsal
from sms_monitoring.alerts.widening import look
from sms_monitoring.operators.data_quality import DataQualityAlertOperator
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.test_evaluate import FAILING, HEALTHY, TINY, evaluate, hour_of_traffic, incidents, run_hours, states
from tests.alerts.test_judge import threshold
from tests.alerts.test_widening import LAST_HOUR, NOON, alert, observed
from tests.product import at

HOUR_OF = {number: at(f"{number:02d}:00") for number in range(8, 13)}


def mark_bad(db, hour, *checks, family="delivery"):
    db.execute(
        "INSERT INTO sms_bad_hours (family, metric_hour, checks) VALUES (%s, %s, %s)",
        (family, HOUR_OF[hour], list(checks or ["rollup_is_sum_of_users"])),
    )


def evaluations(db):
    return db.execute(
        "SELECT window_end::time(0)::text, verdict, reason, details FROM sms_alert_evaluations ORDER BY evaluated_at"
    ).fetchall()


def said(db):
    return db.execute("SELECT event, channel FROM sms_alert_notifications ORDER BY id").fetchall()


def test_a_bad_hour_has_no_data_and_says_which_checks_failed(db):
    mark_bad(db, 8, "delivered_at_most_sent", "rollup_is_sum_of_users")
    run_hours(db, FAILING)
    assert states(db) == [("all", "no_data", False)]
    checks = {"Failed checks": "delivered_at_most_sent, rollup_is_sum_of_users"}
    assert evaluations(db) == [("09:00:00", "no_data", "bad_data", checks)]
    assert said(db) == []


def test_a_bad_hour_resolves_nothing(db):
    mark_bad(db, 9)
    mark_bad(db, 10)
    run_hours(db, FAILING, HEALTHY, HEALTHY)
    assert states(db) == [("all", "no_data", True)]
    assert incidents(db) == [("09:01:00", None, None)]
    assert said(db) == [("trigger", "pagerduty")]


@pytest.mark.parametrize("policy", ["alert", "keep", "ok"])
def test_whatever_no_data_means_bad_data_is_neither_a_breach_nor_fine(db, policy):
    db.execute("UPDATE sms_alert_thresholds SET no_data_policy = %s", (policy,))
    mark_bad(db, 9)
    run_hours(db, FAILING, HEALTHY)
    assert states(db) == [("all", "no_data", True)]
    assert said(db) == [("trigger", "pagerduty")]


def test_a_mended_hour_is_judged_when_it_is_evaluated_again(db):
    mark_bad(db, 8)
    run_hours(db, FAILING)
    db.execute("DELETE FROM sms_bad_hours")
    evaluate(db, HOUR_OF[8])
    assert states(db) == [("all", "firing", True)]


def test_a_bad_hour_of_another_family_does_not_matter(db):
    mark_bad(db, 8, family="generation")
    run_hours(db, FAILING)
    assert states(db) == [("all", "firing", True)]


def test_a_widened_window_does_not_reach_over_a_bad_hour(db):
    mark_bad(db, 8)
    hour_of_traffic(db, HOUR_OF[8], *FAILING)
    run_hours(db, TINY, first="09:00")
    assert states(db) == [("all", "insufficient_data", False)]


def test_an_alert_over_a_day_has_no_data_while_one_of_its_hours_is_bad():
    day = LAST_HOUR.reaching_back(timedelta(hours=24))
    bad = {NOON - timedelta(hours=10): ["no_future_rows"]}
    [finding] = look(
        lambda window: [observed(ALL, 99, 1000)], alert(hours=24), threshold(), day, MappingProxyType({}), bad
    ).values()
    assert (finding.judgement.verdict, finding.judgement.reason) == (Verdict.NO_DATA, Reason.BAD_DATA)
    assert finding.observation.details == {"Failed checks": "no_future_rows"}


def test_the_replay_of_a_threshold_does_not_judge_bad_hours_either():
    rehearsal = Rehearsal(
        alert=alert(),
        threshold=threshold(),
        observe=lambda window: [observed(ALL, 10, 1000)],
        bad_hours={NOON - HOUR: ["no_future_rows"]},
    )
    rehearsal.hour(LAST_HOUR)
    rehearsal.hour(Window(NOON, NOON + HOUR))
    assert [(str(step.state), step.finding.judgement.reason) for step in rehearsal.steps] == [
        ("no_data", Reason.BAD_DATA),
        ("firing", Reason.PAST_THRESHOLD),
    ]


def test_the_owner_is_told_which_checks_failed_in_one_sentence(db):
    [run] = db.execute(
        "INSERT INTO sms_quality_runs (plan, window_start, window_end, finished_at, verdict)"
        " VALUES ('gate', %s, %s, now(), 'critical') RETURNING id",
        (HOUR_OF[8], HOUR_OF[9]),
    ).fetchone()
    for check in ("delivered_at_most_sent", "delivery_rollup_equals_raw"):
        db.execute(
            "INSERT INTO sms_quality_results (run_id, suite, check_name, expectation, severity, status, reason, owner,"
            " families) VALUES (%s, 'hour', %s, 'Any', 'critical', 'failed', 'It counts twice.', 'ann', '{delivery}')",
            (run, check),
        )
    window = Window(HOUR_OF[8], HOUR_OF[9])
    Evaluator(conn=db, alert=DataQualityAlertOperator.alert, window=window, now=at("09:01")).run()
    [(message,)] = db.execute("SELECT message FROM sms_alert_notifications").fetchall()
    assert message["summary"] == (
        "Data quality checks fail at delivery: delivered_at_most_sent, delivery_rollup_equals_raw."
    )
    assert ["Owner", "data-engineering"] in message["facts"]
