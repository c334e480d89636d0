"""What counts as detected, and what as a false alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from benchmarks.scoring import Score, beginnings, score

from sms_monitoring.simulator import Incident, IncidentKind
from sms_monitoring.timeframe import HOUR, Window

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = Window(MONDAY, MONDAY + timedelta(days=7))


def at(hour: int, minutes: int = 0) -> datetime:
    return MONDAY + hour * HOUR + timedelta(minutes=minutes)


# What happens from 10:00 to 13:00 can be seen by the runs at 11, 12, 13 and 14 o'clock.
DROP = Incident(IncidentKind.DELIVERY_OUTAGE, at(10), at(13), magnitude=10)


def of(*fired: datetime) -> Score:
    return score(WEEK, [DROP], fired=fired, began=fired)


@pytest.mark.parametrize(
    ("fired", "detected", "at_once", "false_alerts"),
    [
        ([], 0, 0, 0),
        ([at(11)], 1, 1, 0),
        ([at(12)], 1, 0, 0),
        ([at(11), at(12)], 1, 1, 0),
        ([at(12, 5)], 0, 0, 0),  # too late, but true
        ([at(14)], 0, 0, 0),
        ([at(10)], 0, 0, 1),  # of the hour before it
        ([at(15)], 0, 0, 1),
        ([at(3), at(40), at(12)], 1, 0, 2),
    ],
)
def test_an_incident_is_detected_within_two_hours_and_seen_until_it_is_cleared(fired, detected, at_once, false_alerts):
    result = of(*fired)
    assert (result.detected, result.detected_at_once, result.false_alerts) == (detected, at_once, false_alerts)
    assert result.incidents == 1


def test_false_alerts_are_counted_by_quiet_weeks():
    result = of(at(3), at(40))
    assert result.quiet_hours == 7 * 24 - 4
    assert result.false_alerts_per_week == pytest.approx(2 * 168 / 164)


def test_series_add_up():
    both = of(at(11), at(40)) + of(at(3))
    assert both == Score(incidents=2, detected=1, detected_at_once=1, false_alerts=2, quiet_hours=2 * 164)
    assert both.detection == 0.5
    assert both.quiet_weeks == pytest.approx(2 * 164 / 168)


def test_nothing_watched_is_nothing_said():
    assert Score().detection == Score().false_alerts_per_week == 0


def test_hours_in_a_row_are_one_alert():
    assert beginnings({at(3), at(4), at(6), at(5), at(9)}) == [at(3), at(9)]
    assert beginnings([]) == []


def test_an_alert_that_rang_falsely_before_the_incident_and_goes_on_still_detects_it():
    fired = {at(10), at(11)}
    result = score(WEEK, [DROP], fired=fired, began=beginnings(fired))
    assert (result.detected, result.false_alerts) == (1, 1)
