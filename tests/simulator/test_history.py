"""One scenario is one history: the same rows each time, and the same past however late it is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.db import Connection
from sms_monitoring.simulator import (
    Incident,
    IncidentKind,
    Scenario,
    SimulationError,
    advance,
    all_incidents,
    bench_scenario,
    simulate,
)

from .reading import fingerprint, use_schema, value

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def scenario(until: datetime = NOON, *incidents: Incident) -> Scenario:
    return Scenario(seed=5, start=NOON - 4 * DAY, until=until, users=400, messages_per_day=1200, incidents=incidents)


def test_the_same_scenario_gives_the_same_rows(db: Connection) -> None:
    simulate(db, scenario())
    first = fingerprint(db)
    use_schema(db, "again")
    simulate(db, scenario())
    assert fingerprint(db) == first


def test_another_seed_gives_other_rows(db: Connection) -> None:
    simulate(db, scenario())
    db.execute("CREATE TABLE first_ids AS SELECT id, user_id FROM sms_messages")
    db.execute("TRUNCATE sms_messages, user_sms_preferences")
    simulate(db, replace(scenario(), seed=6))
    assert value(db, "SELECT count(*) FROM sms_messages JOIN first_ids USING (id)") == 0
    assert value(db, "SELECT count(*) FROM user_sms_preferences JOIN first_ids USING (user_id)") == 0


@pytest.mark.parametrize("steps", [[HOUR], [7 * HOUR, timedelta(minutes=23), 30 * HOUR], [timedelta(0)]])
def test_advancing_ends_up_where_a_longer_simulation_does(db: Connection, steps: list[timedelta]) -> None:
    incidents = all_incidents(NOON - 30 * HOUR, NOON - 28 * HOUR) + all_incidents(NOON - HOUR, NOON + 3 * HOUR)
    now = scenario(NOON, *incidents)
    simulate(db, now)
    for step in steps:
        now = advance(db, now, now.until + step).scenario
    advanced = fingerprint(db)
    use_schema(db, "at_once")
    simulate(db, now)
    assert fingerprint(db) == advanced


def test_an_hour_later_touches_only_what_changed(db: Connection) -> None:
    everything = simulate(db, scenario())
    changed = advance(db, everything.scenario, NOON + HOUR)
    assert 0 < changed.messages < everything.messages / 10
    assert value(db, "SELECT count(*) FROM sms_messages WHERE updated_at >= %s", NOON) == changed.messages
    assert (
        value(db, "SELECT count(*) FROM sms_messages WHERE updated_at >= %s AND created_at < %s", NOON, NOON - HOUR) > 0
    )


def test_incidents_can_be_added_to_the_future(db: Connection) -> None:
    simulate(db, scenario())
    worse = scenario(NOON, Incident(IncidentKind.LLM_FAILURE, NOON, NOON + HOUR))
    summary = advance(db, worse, NOON + HOUR)
    assert summary.incidents == worse.incidents
    advanced = fingerprint(db)
    use_schema(db, "at_once")
    simulate(db, worse.through(NOON + HOUR))
    assert fingerprint(db) == advanced


def test_an_incident_leaves_all_before_it_as_it_was(db: Connection) -> None:
    simulate(db, scenario())
    quiet = fingerprint(db)
    use_schema(db, "with_future_incidents")
    summary = simulate(db, scenario(NOON, *all_incidents(NOON, NOON + 3 * HOUR)))
    assert fingerprint(db) == quiet
    assert summary.incidents == ()


@pytest.mark.parametrize(
    ("users", "messages_per_day", "days"),
    [(0, 0, 4), (10, 0, 4), (10, 50, 0), (1, 1, 3), (3, 600, 1), (500, 1, 2)],
)
def test_tiny_and_empty_scenarios(db: Connection, users: int, messages_per_day: int, days: int) -> None:
    summary = simulate(
        db,
        Scenario(
            seed=1,
            start=NOON - days * DAY,
            until=NOON,
            users=users,
            messages_per_day=messages_per_day,
            incidents=all_incidents(NOON, NOON + HOUR),
        ),
    )
    assert value(db, "SELECT count(*) FROM user_sms_preferences") == summary.users == users
    assert value(db, "SELECT count(*) FROM sms_messages") == summary.messages
    later = advance(db, summary.scenario, NOON + HOUR)
    assert value(db, "SELECT count(*) FROM sms_messages") >= summary.messages
    assert later.scenario.until == NOON + HOUR


def test_a_bench_has_about_as_many_messages_as_asked_for(db: Connection) -> None:
    summary = simulate(db, bench_scenario(30_000, 15, until=NOON))
    assert summary.messages == pytest.approx(30_000, rel=0.02)
    assert value(db, "SELECT count(*) FROM sms_messages") == summary.messages


def test_indexes_are_back_after_the_copy(db: Connection) -> None:
    indexes = "SELECT array_agg(indexdef ORDER BY indexname) FROM pg_indexes WHERE tablename = 'sms_messages'"
    before = value(db, indexes)
    simulate(db, scenario())
    assert value(db, indexes) == before


def test_progress_is_told_in_days(db: Connection) -> None:
    told: list[tuple[int, int]] = []
    simulate(db, scenario(), lambda done, total: told.append((done, total)))
    total = told[0][1]
    assert told == [(day, total) for day in range(total + 1)]


def test_tables_that_hold_rows_are_left_alone(db: Connection) -> None:
    simulate(db, scenario())
    before = fingerprint(db)
    with pytest.raises(SimulationError, match="holds rows already"):
        simulate(db, replace(scenario(), seed=6))
    assert fingerprint(db) == before


def test_an_interrupted_simulation_leaves_nothing(db: Connection) -> None:
    def interrupt(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(db, scenario(), interrupt)
    assert fingerprint(db) == (None, None)
    simulate(db, scenario())


def test_advancing_something_else_is_refused(db: Connection) -> None:
    summary = simulate(db, scenario())
    with pytest.raises(ValueError, match="time only moves on"):
        advance(db, summary.scenario, NOON - HOUR)
    with pytest.raises(SimulationError, match="holds 400 users, not 7"):
        advance(db, replace(scenario(), users=7), NOON + HOUR)
    advance(db, summary.scenario, NOON + HOUR)
    with pytest.raises(SimulationError, match="pass the scenario of the last summary"):
        advance(db, summary.scenario, NOON + 2 * HOUR)
