"""Plans: to be had again from their numbers, and together all that may happen."""

from __future__ import annotations

import pytest
from chaos.plan import CHANNELS, MAX_ROWS, Moment, Step, draw

from sms_monitoring.local.receivers.faults import Fault
from sms_monitoring.notify.message import Event

PLANS = [draw(1, number) for number in range(1000)]


def test_the_same_numbers_give_the_same_plan():
    assert [draw(1, number) for number in range(20)] == PLANS[:20]
    assert draw(2, 0) != draw(1, 0) != draw(1, 1)


def test_every_channel_event_and_number_of_dispatchers_comes_up():
    assert {plan.channel for plan in PLANS} == set(CHANNELS)
    events = {Event.TRIGGER, Event.REPEAT, Event.ESCALATE, Event.ACKNOWLEDGE, Event.RESOLVE}
    assert {row.event for plan in PLANS for row in plan.rows} == events
    assert {len(one.dispatchers) for plan in PLANS for one in plan.rounds} == {1, 2, 3}


def test_dispatchers_are_killed_in_every_moment_of_every_step():
    lives = [life for plan in PLANS for one in plan.rounds for lives in one.dispatchers for life in lives]
    kills = {(life.kill.step, life.kill.moment) for life in lives if life.kill}
    statements = {(step, moment) for step in Step for moment in Moment if moment is not Moment.ACCEPTED}
    assert kills == statements | {(Step.SEND, Moment.ACCEPTED)}


def test_every_weather_comes_up_and_is_a_fault_that_the_receivers_know():
    weathers = [one.weather for plan in PLANS for one in plan.rounds] + [plan.lasting for plan in PLANS]
    for weather in weathers:
        if weather.fault is not None:
            Fault.from_json(dict(weather.fault))
    assert {weather.name for weather in weathers} == {
        "fine", "unreachable", "refuse", "stall", "late", "drop", "too many", "broken", "refused for good",
        "misconfigured",
    }  # fmt: skip


@pytest.mark.parametrize("plan", PLANS[:200], ids=lambda plan: str(plan.number))
def test_rows_can_be_told_apart_and_begin_with_a_beginning(plan):
    assert 1 <= len(plan.rows) <= MAX_ROWS
    assert len({(row.incident, row.event, row.sequence) for row in plan.rows}) == len(plan.rows)
    for incident in {row.incident for row in plan.rows}:
        mine = [row for row in plan.rows if row.incident == incident]
        assert mine[0].event in (Event.TRIGGER, Event.ESCALATE)
        assert [row.round for row in mine] == sorted(row.round for row in mine)
        assert mine[-1].round < len(plan.rounds)
