"""A scenario that makes no sense is refused with what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sms_monitoring.simulator import Incident, IncidentKind, Scenario, bench_scenario, demo_scenario

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make(**changes: Any) -> Scenario:
    return Scenario(
        **{"seed": 1, "start": START, "until": START + 48 * HOUR, "users": 10, "messages_per_day": 20, **changes}
    )


def outage(first: int, last: int) -> Incident:
    return Incident(IncidentKind.DELIVERY_OUTAGE, START + first * HOUR, START + last * HOUR)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "seed is -1, which is below 0"),
        ({"users": -5}, "users is -5"),
        ({"messages_per_day": -1}, "messages_per_day is -1"),
        ({"users": 0}, "20 messages a day need users; users is 0"),
        ({"until": START - HOUR}, "until 2025-12-31T23:00:00.00:00 is before start"),
        ({"until": datetime(2026, 1, 3)}, "until 2026-01-03T00:00:00 has no time zone"),
        ({"incidents": (outage(-2, 1),)}, "delivery_outage begins at 2025-12-31T22.* before the scenario's start"),
        ({"incidents": (outage(1, 5), outage(4, 6))}, "two incidents delivery_outage overlap at 2026-01-01T04"),
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_a_bench_needs_a_day() -> None:
    with pytest.raises(ValueError, match="days is 0"):
        bench_scenario(1000, 0, until=START)


def test_times_of_any_zone_mean_the_same_scenario() -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert make(start=elsewhere) == make()


def test_incidents_of_one_kind_may_touch_and_others_overlap() -> None:
    failure = Incident(IncidentKind.LLM_FAILURE, START + HOUR, START + 3 * HOUR)
    assert len(make(incidents=(outage(1, 2), outage(2, 3), failure)).incidents) == 3


def test_the_demo_can_be_made_at_any_minute() -> None:
    scenario = demo_scenario(START + timedelta(minutes=59))
    assert scenario.until == START + timedelta(minutes=59)
    assert {incident.end for incident in scenario.incidents} == {START}
