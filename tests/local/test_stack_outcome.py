from __future__ import annotations

from dataclasses import replace

import pytest

from sms_monitoring.local.outcome import FiredAlert, InjectedIncident, Outcome, problems

OUTAGE = InjectedIncident("delivery_outage", "delivery_rate_critical")
FIRED = FiredAlert("delivery_rate_critical", "critical", "Delivery rate is low: 41 %", "pagerduty", "sent", None)
PAGE = {"content": {"payload": {"summary": "Critical: Delivery rate is low"}}}
RUN = {"dag_id": "sms_hourly_monitoring", "dag_run_id": "scheduled__1", "state": "success"}
GOOD = Outcome(
    expected_hours=24,
    hours_aggregated=24,
    replayed_breaches=2,
    incidents=(OUTAGE,),
    fired=(FIRED,),
    received={"slack": [], "pagerduty": [PAGE], "email": [{"content": {}}]},
    runs=(RUN, RUN),
)


def test_all_is_well_when_every_incident_and_nothing_else_was_alerted_and_arrived():
    assert problems(GOOD) == []


def test_the_summary_line_counts():
    assert GOOD.as_json(41.26) == {
        "hours_aggregated": 24,
        "incidents_injected": 1,
        "alerts_fired": {"delivery_rate_critical": 1},
        "notifications": {"slack": 0, "pagerduty": 1, "email": 1, "sms": 0, "webhook": 0},
        "dag_runs": {"success": 2},
        "seconds": 41.3,
    }


def test_an_alert_told_on_two_channels_is_one_alert():
    both = replace(GOOD, fired=(FIRED, replace(FIRED, channel="email")))
    assert both.alerts_fired == {"delivery_rate_critical": 1}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hours_aggregated": 23}, "only 23 of 24 simulated hours were aggregated"),
        ({"replayed_breaches": 0}, "the backfill of hours with incidents judged none of them"),
        ({"fired": ()}, "incident delivery_outage raised no alert delivery_rate_critical"),
        (
            {"fired": (FIRED, replace(FIRED, alert_type="opt_out_rate_warning"))},
            "alert opt_out_rate_warning fired though nothing was made to go wrong with it",
        ),
        (
            {"fired": (FIRED, replace(FIRED, message="Delivery rate is low: once more"))},
            "alert delivery_rate_critical fired 2 times, not once",
        ),
        (
            {"fired": (replace(FIRED, channel=None, status=None),)},
            "alert delivery_rate_critical notified nobody",
        ),
        (
            {"fired": (replace(FIRED, status="pending", note="connection refused"),)},
            "alert delivery_rate_critical to pagerduty is pending: connection refused",
        ),
        ({"received": {"email": []}}, "pagerduty did not receive alert delivery_rate_critical"),
        ({"rejected": ("slack rejected a delivery: no text",)}, "slack rejected a delivery: no text"),
        ({"failures": ("DAG run failed",)}, "DAG run failed"),
        ({"runs": (RUN, {**RUN, "state": "failed"})}, "DAG run sms_hourly_monitoring scheduled__1 is failed"),
    ],
)
def test_each_thing_that_is_wrong_is_said(change, says):
    assert problems(replace(GOOD, **change)) == [says]
