"""Given an incident and what was said of it, expect what is to be said now. No database.

The incident was triggered and told at noon, in PagerDuty; times are minutes after that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sms_monitoring.alerts.due import Due, Situation, due
from sms_monitoring.alerts.model import Cause, State
from sms_monitoring.notify.message import Event
from tests.alerts.test_judge import threshold
from tests.product import at

NOON = at("12:00")
CARRY = ("pagerduty", "slack", "webhook")
TOLD = Situation(triggered_at=NOON, state=State.FIRING, announced_at=NOON, last_announced_at=NOON, told=("pagerduty",))
ACKNOWLEDGED = replace(TOLD, acknowledged_at=NOON)
HELD = Situation(triggered_at=NOON, state=State.FIRING, held_by=Cause.SILENCED)
COOLING = replace(HELD, held_by=Cause.COOLDOWN, last_announced_at=NOON - timedelta(minutes=30))
UNDELIVERED = Situation(
    triggered_at=NOON, state=State.FIRING, announced_at=NOON, last_announced_at=NOON, failed_triggers=1
)
BY_HAND = {"escalated_at": NOON, "escalated_to": "slack"}
ESCALATED_BY_HAND = replace(COOLING, **BY_HAND, told=("slack",), told_escalated=("slack",))


def minutes(number):
    return timedelta(minutes=number)


PLAIN = threshold(notification_channel="pagerduty", cooldown=minutes(60))
REPEATED = replace(PLAIN, repeat_interval=minutes(60))
ESCALATED = replace(PLAIN, escalation_channel="email", escalate_after=minutes(30))
EVERYWHERE = replace(PLAIN, additional_channels=("slack", "email"))


def said(situation, limits, after, carry=CARRY):
    """What is due so many minutes after noon: "repeat 2 pagerduty"."""
    found = due(situation, limits, NOON + minutes(after), carry)
    return [" ".join((each.event, *([str(each.sequence)] if each.sequence else []), *each.channels)) for each in found]


NOTHING: list[str] = []


def test_an_incident_that_was_told_says_nothing_more_of_itself():
    assert said(TOLD, PLAIN, 0) == said(TOLD, PLAIN, 60 * 24 * 30) == NOTHING


# ── Announced late ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("situation", "after", "expected"),
    [
        (HELD, 0, ["trigger pagerduty"]),
        (replace(HELD, held_by=Cause.MUTED), 0, ["trigger pagerduty"]),
        (replace(HELD, held_by=Cause.INHIBITED), 0, ["trigger pagerduty"]),
        (replace(HELD, state=State.RECOVERING), 0, NOTHING),
        (replace(HELD, state=None), 0, NOTHING),
        (replace(HELD, state=State.NO_DATA), 0, ["trigger pagerduty"]),
        (replace(HELD, acknowledged_at=NOON), 0, NOTHING),
        (COOLING, 29, NOTHING),
        (COOLING, 30, ["trigger pagerduty"]),
        (replace(COOLING, state=State.RECOVERING), 30, NOTHING),
        (replace(COOLING, last_announced_at=NOON + timedelta(days=90)), 0, ["trigger pagerduty"]),
        (replace(COOLING, last_announced_at=None), 0, ["trigger pagerduty"]),
        (UNDELIVERED, 59, NOTHING),
        (UNDELIVERED, 60, ["trigger pagerduty"]),
        (replace(UNDELIVERED, failed_triggers=2), 60, ["trigger pagerduty"]),
        (replace(UNDELIVERED, failed_triggers=3), 60, NOTHING),
        (replace(UNDELIVERED, held_by=Cause.SILENCED), 60, ["trigger pagerduty"]),
        (ESCALATED_BY_HAND, 29, NOTHING),
        (ESCALATED_BY_HAND, 30, ["trigger pagerduty"]),
    ],
)
def test_what_was_held_back_or_not_delivered_is_announced_once_it_may_be(situation, after, expected):
    assert said(situation, PLAIN, after) == expected


def test_it_is_announced_in_every_channel_of_the_alert():
    assert said(HELD, EVERYWHERE, 0) == ["trigger pagerduty slack email"]


def test_without_a_threshold_nothing_is_announced():
    assert said(HELD, None, 0) == NOTHING


# ── Repeated ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("situation", "limits", "after", "expected"),
    [
        (TOLD, REPEATED, 59, NOTHING),
        (TOLD, REPEATED, 60, ["repeat 1 pagerduty"]),
        (TOLD, REPEATED, 600, ["repeat 1 pagerduty"]),
        (replace(TOLD, reminders=1, reminded_at=NOON + minutes(60)), REPEATED, 119, NOTHING),
        (replace(TOLD, reminders=1, reminded_at=NOON + minutes(60)), REPEATED, 120, ["repeat 2 pagerduty"]),
        (replace(TOLD, reminders=1, reminded_at=NOON + timedelta(days=90)), REPEATED, 120, ["repeat 2 pagerduty"]),
        (replace(TOLD, told=("email", "pagerduty")), REPEATED, 60, ["repeat 1 email pagerduty"]),
        (replace(ACKNOWLEDGED, told_acknowledged=("pagerduty",)), REPEATED, 60, NOTHING),
        (replace(TOLD, state=State.RECOVERING), REPEATED, 60, NOTHING),
        (replace(TOLD, state=State.NO_DATA), REPEATED, 60, NOTHING),
        (TOLD, PLAIN, 6000, NOTHING),
        (TOLD, None, 6000, NOTHING),
        (HELD, REPEATED, 60, ["trigger pagerduty"]),
    ],
)
def test_it_is_repeated_while_it_fires_and_nobody_has_acknowledged_it(situation, limits, after, expected):
    assert said(situation, limits, after) == expected


# ── Escalated ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("situation", "limits", "after", "expected"),
    [
        (TOLD, ESCALATED, 29, NOTHING),
        (TOLD, ESCALATED, 30, ["escalate email"]),
        (replace(TOLD, state=State.NO_DATA), ESCALATED, 30, ["escalate email"]),
        (replace(TOLD, state=State.RECOVERING), ESCALATED, 30, NOTHING),
        (replace(ACKNOWLEDGED, told_acknowledged=("pagerduty",)), ESCALATED, 30, NOTHING),
        (replace(TOLD, announced_at=NOON + timedelta(days=90)), ESCALATED, 30, ["escalate email"]),
        (replace(HELD, state=State.RECOVERING), ESCALATED, 30, NOTHING),
        (replace(UNDELIVERED, failed_triggers=3), ESCALATED, 600, NOTHING),
        (TOLD, PLAIN, 6000, NOTHING),
    ],
)
def test_it_is_escalated_when_nobody_acknowledges_it_in_time(situation, limits, after, expected):
    assert said(situation, limits, after) == expected


@pytest.mark.parametrize(
    ("situation", "limits", "expected"),
    [
        (replace(TOLD, **BY_HAND), PLAIN, ["escalate slack"]),
        (replace(TOLD, **BY_HAND), None, ["escalate slack"]),
        (replace(TOLD, **BY_HAND, told_acknowledged=("pagerduty",), acknowledged_at=NOON), PLAIN, ["escalate slack"]),
        (replace(TOLD, **BY_HAND, state=State.RECOVERING), PLAIN, ["escalate slack"]),
        (replace(TOLD, **BY_HAND), ESCALATED, ["escalate slack"]),
        (replace(TOLD, **BY_HAND, told_escalated=("slack",)), ESCALATED, NOTHING),
        (replace(HELD, **BY_HAND), PLAIN, ["trigger pagerduty", "escalate slack"]),
        (replace(HELD, **BY_HAND), None, ["escalate slack"]),
    ],
)
def test_it_is_escalated_once_when_a_person_asks_for_it_and_then_not_by_the_clock(situation, limits, expected):
    assert said(situation, limits, 60) == expected


def test_an_escalation_in_time_comes_before_the_repeat_that_is_due_with_it():
    limits = replace(ESCALATED, repeat_interval=minutes(30))
    assert said(TOLD, limits, 30) == ["escalate email", "repeat 1 pagerduty"]


# ── What persons did ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("situation", "carry", "expected"),
    [
        (ACKNOWLEDGED, CARRY, ["acknowledge pagerduty"]),
        (replace(ACKNOWLEDGED, told_acknowledged=("pagerduty",)), CARRY, NOTHING),
        (replace(ACKNOWLEDGED, told=("email", "pagerduty", "slack")), CARRY, ["acknowledge pagerduty slack"]),
        (
            replace(ACKNOWLEDGED, told=("email", "pagerduty", "slack"), told_acknowledged=("pagerduty",)),
            CARRY,
            ["acknowledge slack"],
        ),
        (replace(ACKNOWLEDGED, told=("email",)), CARRY, NOTHING),
        (ACKNOWLEDGED, (), NOTHING),
        (replace(ACKNOWLEDGED, told=(), held_by=Cause.SILENCED), CARRY, NOTHING),
        (replace(ACKNOWLEDGED, state=State.NO_DATA), CARRY, ["acknowledge pagerduty"]),
        (
            replace(COOLING, **BY_HAND, told=("slack",), told_escalated=("slack",), acknowledged_at=NOON),
            CARRY,
            ["acknowledge slack"],
        ),
    ],
)
@pytest.mark.parametrize("limits", [PLAIN, None])
def test_an_acknowledgement_is_told_where_the_beginning_was_and_that_can_be_told(situation, limits, carry, expected):
    assert said(situation, limits, 0, carry) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [(("pagerduty",), ["resolve pagerduty"]), (("email", "slack"), ["resolve email slack"]), ((), NOTHING)],
)
@pytest.mark.parametrize("limits", [replace(REPEATED, escalation_channel="email", escalate_after=minutes(1)), None])
def test_an_end_is_told_where_the_beginning_was_and_nothing_else_any_more(limits, told, expected):
    resolved = replace(ACKNOWLEDGED, told=told, resolved_at=NOON, **BY_HAND)
    assert said(resolved, limits, 600) == expected


@pytest.mark.parametrize("event", Event)
def test_nothing_holds_back_an_end_or_an_acknowledgement(event):
    held = Due(event=event, channels=("slack",), cause=Cause.ANNOUNCED).may_be_held
    assert held == (event in ("trigger", "repeat", "escalate"))
