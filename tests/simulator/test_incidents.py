"""Every incident raises its alert by its end, whatever the hour; nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sms_monitoring.db import Connection
from sms_monitoring.simulator import (
    Incident,
    IncidentKind,
    Scenario,
    advance,
    all_incidents,
    demo_scenario,
    simulate,
)
from sms_monitoring.simulator.arrays import to_micros
from sms_monitoring.simulator.incidents import rate_during

from .reading import alert_values, breached, value

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUNDAY = datetime(2026, 3, 15, tzinfo=UTC)


def small(until: datetime, *incidents: Incident) -> Scenario:
    """Nine days, so that the cost of the last has a week to be compared with."""
    return Scenario(seed=11, start=until - 9 * DAY, until=until, users=2000, messages_per_day=5000, incidents=incidents)


@pytest.mark.parametrize("hour", [0, 5, 10, 15, 20])
def test_all_five_at_once_raise_all_five_at_any_hour_of_the_day(db: Connection, hour: int) -> None:
    until = SUNDAY + hour * HOUR
    incidents = all_incidents(until - 3 * HOUR, until)
    simulate(db, small(until, *incidents))
    assert breached(alert_values(db, until)) == {incident.expected_alert_type for incident in incidents}
    assert breached(alert_values(db, until - 3 * HOUR)) == set()


@pytest.mark.parametrize("kind", IncidentKind)
def test_a_single_hour_of_one_kind_raises_its_alert_alone_and_then_clears(db: Connection, kind: IncidentKind) -> None:
    # A Sunday in the small hours of the Americas: the least traffic, the fewest users awake.
    end = SUNDAY + 9 * HOUR
    incident = Incident(kind, end - HOUR, end)
    scenario = small(end, incident)
    simulate(db, scenario)
    assert breached(alert_values(db, end)) == {incident.expected_alert_type}
    advance(db, scenario, incident.cleared_by)
    assert breached(alert_values(db, incident.cleared_by)) == set()


def test_no_alert_at_any_hour_of_a_usual_week(db: Connection) -> None:
    simulate(db, replace(small(SUNDAY), until=SUNDAY + 7 * DAY))
    for hours in range(0, 7 * 24, 5):
        now = SUNDAY + hours * HOUR
        assert breached(alert_values(db, now)) == set(), now


def test_the_demo_has_quiet_weeks_enough_traffic_in_every_hour_and_five_incidents_at_the_end(db: Connection) -> None:
    until = datetime(2026, 3, 18, 6, 40, tzinfo=UTC)
    summary = simulate(db, demo_scenario(until))
    end = datetime(2026, 3, 18, 6, tzinfo=UTC)
    assert 150_000 < summary.messages < 300_000
    assert {(incident.start, incident.end) for incident in summary.incidents} == {(end - 3 * HOUR, end)}
    assert breached(alert_values(db, end)) == {incident.expected_alert_type for incident in summary.incidents}
    # The first day is without the messages that would have been scheduled before it.
    fewest = value(
        db,
        "SELECT min(n) FROM (SELECT count(*) AS n FROM sms_messages WHERE sent_at >= %s AND sent_at < %s"
        " GROUP BY date_trunc('hour', sent_at)) AS hours",
        summary.scenario.start + DAY,
        end,
    )
    assert fewest > 200


def test_an_outage_holds_messages_up_that_arrive_hours_later(db: Connection) -> None:
    end = SUNDAY + 12 * HOUR
    outage = Incident(IncidentKind.DELIVERY_OUTAGE, end - HOUR, end)
    scenario = replace(small(end, outage), start=end - DAY)
    sent_in_outage = "FROM sms_messages WHERE sent_at >= %s AND sent_at < %s"
    rate = "SELECT count(delivered_at)::float / count(*) " + sent_in_outage
    simulate(db, scenario)
    before = value(db, rate, outage.start, outage.end)
    advance(db, scenario, end + 6 * HOUR)
    assert value(db, rate, outage.start, outage.end) > before + 0.1
    assert value(db, "SELECT count(DISTINCT carrier) " + sent_in_outage, outage.start, outage.end) == 5


def test_failed_llm_answers_are_billed_and_followed_by_a_template(db: Connection) -> None:
    end = SUNDAY + 12 * HOUR
    simulate(db, replace(small(end, Incident(IncidentKind.LLM_FAILURE, end - HOUR, end)), start=end - DAY))
    assert value(db, "SELECT min(generation_cost_usd) FROM sms_messages WHERE generated_via = 'template'") > 0
    assert value(db, "SELECT bool_and((generated_via IS NULL) = (generation_cost_usd IS NULL)) FROM sms_messages")


@pytest.mark.parametrize("magnitude", [10, 40])
def test_with_a_magnitude_both_rates_get_worse_by_so_many_points(db: Connection, magnitude: float) -> None:
    end = SUNDAY + 18 * HOUR
    start = end - 6 * HOUR
    drops = [Incident(kind, start, end, magnitude) for kind in (IncidentKind.DELIVERY_OUTAGE, IncidentKind.LLM_FAILURE)]
    simulate(db, replace(small(end, *drops), start=end - 2 * DAY))
    delivered = "SELECT 100.0 * count(delivered_at) / count(*) FROM sms_messages WHERE sent_at >= %s AND sent_at < %s"
    by_template = (
        "SELECT 100.0 * count(*) FILTER (WHERE generated_via = 'template') / count(generated_via)"
        " FROM sms_messages WHERE created_at >= %s AND created_at < %s"
    )
    for rate, direction in ((delivered, -1), (by_template, 1)):
        usual, worse = value(db, rate, start - DAY, start), value(db, rate, start, end)
        assert direction * float(worse - usual) == pytest.approx(magnitude, abs=2)


def test_without_a_magnitude_a_share_is_the_broken_one_in_the_incident_and_the_usual_one_elsewhere() -> None:
    incident = Incident(IncidentKind.LLM_FAILURE, SUNDAY, SUNDAY + HOUR)
    other = Incident(IncidentKind.DELIVERY_OUTAGE, SUNDAY, SUNDAY + 3 * HOUR)
    times = np.array([to_micros(SUNDAY + minutes * HOUR / 60) for minutes in (-1, 0, 59, 60)])
    rates = rate_during([other, incident], IncidentKind.LLM_FAILURE, times, 0.04, 0.9)
    assert rates.tolist() == [0.04, 0.9, 0.9, 0.04]
    of_each = np.array([0.1, 0.2, 0.3, 0.4])
    assert rate_during([], IncidentKind.LLM_FAILURE, times, of_each, 0.9).tolist() == of_each.tolist()


@pytest.mark.parametrize(
    ("kind", "hours", "message"),
    [
        ("power_cut", (0, 1), "no incident kind 'power_cut'; there are: delivery_outage, llm_failure"),
        ("llm_failure", (1, 1), "llm_failure: window ends .* before it begins"),
        ("llm_failure", (0.5, 1), "2026-03-15T00:30:00.00:00 is not the start of a UTC hour"),
    ],
)
def test_nonsense_is_refused(kind: IncidentKind, hours: tuple[float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Incident(kind, SUNDAY + hours[0] * HOUR, SUNDAY + hours[1] * HOUR)


@pytest.mark.parametrize(
    ("kind", "magnitude", "message"),
    [
        (IncidentKind.OPT_OUT_SURGE, 10, "opt_out_surge has no magnitude; only delivery_outage, llm_failure have"),
        (IncidentKind.LLM_FAILURE, 0, "llm_failure: magnitude 0 is not above 0 and at most 90 points"),
        (IncidentKind.DELIVERY_OUTAGE, 91, "magnitude 91 is not"),
        (IncidentKind.DELIVERY_OUTAGE, float("nan"), "magnitude nan is not"),
    ],
)
def test_a_magnitude_that_makes_no_sense_is_refused(kind: IncidentKind, magnitude: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Incident(kind, SUNDAY, SUNDAY + HOUR, magnitude)
