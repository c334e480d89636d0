from __future__ import annotations

from dataclasses import replace

import pytest

from sms_monitoring.digest.health import Level, judge
from sms_monitoring.digest.model import Period
from tests.digest.days import burning, period, quiet


def test_a_good_day():
    health = judge(quiet())
    assert (health.level, health.reasons) == (Level.HEALTHY, ())
    assert health.headline == "98.0% of 100 messages delivered, no incidents."


@pytest.mark.parametrize(
    ("changes", "level", "reasons"),
    [
        (
            {"today": period(sent=100, delivered=89)},
            Level.CRITICAL,
            ["The day's delivery rate of 89.0% lies below the alert threshold of 90.0%."],
        ),
        ({"today": period(sent=100, delivered=90)}, Level.HEALTHY, []),
        (
            {"today": period(sent=10, delivered=5)},
            Level.ATTENTION,
            [
                "The day's delivery rate of 50.0% lies below the alert threshold of 90.0%,"
                " but 10 messages are too few to judge by."
            ],
        ),
        ({"today": period(sent=100, delivered=50), "thresholds": {}}, Level.HEALTHY, []),
        (
            {"today": period(sent=100, delivered=99, llm_success=40, template_fallback=60)},
            Level.CRITICAL,
            ["The day's share of template fallbacks of 60.0% lies above the alert threshold of 50.0%."],
        ),
        ({"incidents": (burning("critical"),)}, Level.CRITICAL, ["1 critical incident, still open."]),
        ({"incidents": (burning("critical", resolved=True),)}, Level.CRITICAL, ["1 critical incident, resolved."]),
        (
            {"incidents": (burning("warning", resolved=True), burning("info"))},
            Level.ATTENTION,
            ["2 other incidents, 1 still open."],
        ),
        (
            {"freshness": replace(quiet().freshness, hours_waiting=2)},
            Level.ATTENTION,
            ["2 hours of the day will be computed again: the numbers may still change."],
        ),
    ],
)
def test_what_makes_a_day_bad(changes, level, reasons):
    health = judge(quiet(**changes))
    assert (health.level, list(health.reasons)) == (level, reasons)


def test_lost_hours_need_attention_and_a_quiet_night_does_not():
    hours = list(quiet().hours)
    hours[3] = replace(hours[3], sent=0, missing=True)
    assert judge(quiet(hours=tuple(hours))).level is Level.HEALTHY
    hours[12] = replace(hours[12], sent=0, missing=True, expected=True)
    hours[13] = replace(hours[13], sent=0, missing=True, expected=True)
    health = judge(quiet(hours=tuple(hours)))
    assert health.level is Level.ATTENTION
    assert health.reasons == ("2 hours without data where there usually is some: 12:00–14:00.",)


def test_no_traffic_where_there_never_was_any_is_said_plainly():
    health = judge(quiet(today=Period()))
    assert (health.level, health.reasons) == (Level.NO_TRAFFIC, ())
    assert health.headline.startswith("The tables show no message of this day.")


def test_no_traffic_where_there_usually_is_some_is_critical():
    health = judge(quiet(today=Period(), week=period(days=7, sent=700)))
    assert health.level is Level.OUTAGE
    assert health.reasons == ("On the days before, 100 messages a day were sent.",)


def test_scheduled_but_never_sent():
    assert judge(quiet(today=period(scheduled=1))).headline == "1 message scheduled, none sent."
