"""Given this observation and threshold, expect this verdict."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from math import comb

import pytest

from sms_monitoring.alerts.judge import judge
from sms_monitoring.alerts.model import Measure, Observation, Threshold
from sms_monitoring.alerts.statistics import wilson_bounds
from sms_monitoring.notify.message import Severity


def threshold(operator="<", value="90", **changes):
    return Threshold(
        **{
            "alert_type": "some_alert",
            "threshold_value": Decimal(value),
            "comparison_operator": operator,
            "severity": Severity.CRITICAL,
            "notification_channel": "slack",
            "cooldown": timedelta(minutes=60),
            "enabled": True,
            "minimum_sample": 30,
            "confidence": 0.95,
            **changes,
        }
    )


def verdict(value, sample, operator="<", limit="90", measure=Measure.RATE, **changes):
    observation = Observation(value=None if value is None else Decimal(value), sample_size=sample)
    judgement = judge(observation, threshold(operator, limit, **changes), measure)
    return judgement.verdict.value, judgement.reason.value


@pytest.mark.parametrize(
    ("value", "sample", "expected"),
    [
        ("97", 1000, ("ok", "within_threshold")),
        ("90", 1000, ("ok", "within_threshold")),
        ("89", 1000, ("insufficient_data", "not_significant")),
        ("88", 1000, ("breach", "past_threshold")),
        ("40", 300, ("breach", "past_threshold")),
        ("0", 30, ("breach", "past_threshold")),
        ("0", 29, ("insufficient_data", "sample_too_small")),
        ("0", 3, ("insufficient_data", "sample_too_small")),
        ("100", 3, ("insufficient_data", "sample_too_small")),
        (None, None, ("no_data", "no_rows")),
        (None, 500, ("no_data", "no_value")),
        ("NaN", 500, ("no_data", "no_value")),
    ],
)
def test_a_rate_that_should_stay_above_90_percent(value, sample, expected):
    assert verdict(value, sample) == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("<", "1.9", "breach"),
        ("<", "2", "ok"),
        ("<=", "2", "breach"),
        (">", "2", "ok"),
        (">=", "2", "breach"),
        (">", "2.1", "breach"),
    ],
)
def test_a_plain_value_is_compared_as_it_stands(operator, value, expected):
    assert verdict(value, 30, operator, "2", Measure.VALUE)[0] == expected


def test_a_rate_above_its_limit_is_judged_by_the_lower_bound():
    assert verdict("12", 50, ">", "10") == ("insufficient_data", "not_significant")
    assert verdict("12", 5000, ">", "10") == ("breach", "past_threshold")


def test_more_confidence_asks_for_a_clearer_breach():
    assert verdict("88", 1000, confidence=0.95)[0] == "breach"
    assert verdict("88", 1000, confidence=0.999)[0] == "insufficient_data"


def test_wilson_bounds_against_published_values():
    """Newcombe (1998), Statistics in Medicine 17, table I: 81/263 and 0/20, two-sided 95 %, so one-sided 97.5 %."""
    assert wilson_bounds(81 / 263, 263, 0.975) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_bounds(0, 20, 0.975) == pytest.approx((0, 0.1611), abs=1e-4)


def test_wilson_bounds_close_in_on_the_rate_as_the_sample_grows():
    widths = [upper - lower for lower, upper in (wilson_bounds(0.9, n, 0.95) for n in (1, 10, 100, 1000, 10000))]
    assert all(wide > narrow for wide, narrow in pairwise(widths))


@pytest.mark.parametrize(("rate", "sample"), [(-0.1, 10), (1.1, 10), (0.5, 0)])
def test_wilson_bounds_refuse_what_is_no_rate(rate, sample):
    with pytest.raises(ValueError, match="not"):
        wilson_bounds(rate, sample, 0.95)


def test_the_guard_turns_a_false_alarm_in_every_fifth_hour_into_one_in_eighty():
    """Exact, from the binomial distribution: true rate 97 %, threshold 95 %, 30 messages an hour."""

    def probability(delivered):
        return comb(30, delivered) * 0.97**delivered * 0.03 ** (30 - delivered)

    limit = threshold(value="95")
    naive = sum(probability(k) for k in range(31) if k / 30 < 0.95)
    guarded = sum(
        probability(k)
        for k in range(31)
        if judge(Observation(value=Decimal(100 * k) / 30, sample_size=30), limit, Measure.RATE).verdict == "breach"
    )
    assert naive == pytest.approx(0.227, abs=0.001)
    assert guarded == pytest.approx(0.012, abs=0.001)
