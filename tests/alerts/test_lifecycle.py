"""Given where an alert stood and a verdict, expect the next state and what is said. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sms_monitoring.alerts.lifecycle import decide
from sms_monitoring.alerts.model import (
    Cause,
    Decision,
    IncidentAction,
    Judgement,
    NoDataPolicy,
    Notice,
    Reason,
    Standing,
    State,
    Streak,
    Verdict,
)
from tests.alerts.test_judge import threshold

NOW = datetime(2026, 3, 10, 11, tzinfo=UTC)
INCIDENT = uuid4()


def standing(**changes):
    return Standing(entity="all", **changes)


def decided(previous, verdict, reason=Reason.WITHIN_THRESHOLD, **changes):
    judgement = Judgement(verdict=Verdict(verdict), reason=reason)
    guards = {"pending_evaluations": 2, "recovery_evaluations": 2, **changes}
    return decide(previous, judgement, threshold(cooldown=timedelta(minutes=60), **guards), NOW)


def firing(state=State.FIRING, **changes):
    changes = {"announced": True, "last_announced_at": NOW - timedelta(hours=1), **changes}
    return standing(state=state, incident_id=INCIDENT, **changes)


def breaches(number):
    return Streak(breaches=number)


def healthy(number):
    return Streak(healthy=number)


NEW = standing()
OK = standing(state=State.OK)
PENDING = standing(state=State.PENDING, streak=breaches(1))
BLIND_WHILE_PENDING = standing(state=State.NO_DATA, streak=breaches(1))
COOLING = standing(state=State.PENDING, streak=breaches(1), last_announced_at=NOW - timedelta(minutes=59))
COOLED = standing(state=State.PENDING, streak=breaches(1), last_announced_at=NOW - timedelta(minutes=60))
CLOCK_WAS_WRONG = standing(state=State.PENDING, streak=breaches(1), last_announced_at=NOW + timedelta(days=90))
FIRING = firing()
HELD = firing(announced=False)
RECOVERING = firing(state=State.RECOVERING, streak=healthy(1))
BLIND_WHILE_FIRING = firing(state=State.NO_DATA)
BLIND_WHILE_RECOVERING = firing(state=State.ERROR, streak=healthy(1))

NONE, OPEN, RESOLVE = IncidentAction.NONE, IncidentAction.OPEN, IncidentAction.RESOLVE
SILENT, TRIGGER, TRIGGER_HELD, SAY_RESOLVED = Notice.NONE, Notice.TRIGGER, Notice.TRIGGER_HELD, Notice.RESOLVE


@pytest.mark.parametrize(
    ("previous", "verdict", "state", "streak", "incident", "notice", "cause"),
    [
        (NEW, "ok", State.OK, Streak(), NONE, SILENT, Cause.FIRST),
        (NEW, "breach", State.PENDING, breaches(1), NONE, SILENT, Cause.PENDING),
        (NEW, "no_data", State.NO_DATA, Streak(), NONE, SILENT, Cause.FIRST),
        (OK, "ok", State.OK, Streak(), NONE, SILENT, None),
        (OK, "breach", State.PENDING, breaches(1), NONE, SILENT, Cause.PENDING),
        (OK, "no_data", State.NO_DATA, Streak(), NONE, SILENT, Cause.NO_DATA),
        (OK, "insufficient_data", State.INSUFFICIENT_DATA, Streak(), NONE, SILENT, Cause.INSUFFICIENT_SAMPLE),
        (OK, "error", State.ERROR, Streak(), NONE, SILENT, Cause.ERROR),
        (PENDING, "ok", State.OK, Streak(), NONE, SILENT, Cause.CLEARED),
        (PENDING, "no_data", State.NO_DATA, breaches(1), NONE, SILENT, Cause.NO_DATA),
        (PENDING, "breach", State.FIRING, breaches(2), OPEN, TRIGGER, Cause.NEW),
        (BLIND_WHILE_PENDING, "breach", State.FIRING, breaches(2), OPEN, TRIGGER, Cause.NEW),
        (BLIND_WHILE_PENDING, "ok", State.OK, Streak(), NONE, SILENT, Cause.DATA_BACK),
        (COOLING, "breach", State.FIRING, breaches(2), OPEN, TRIGGER_HELD, Cause.NEW),
        (COOLED, "breach", State.FIRING, breaches(2), OPEN, TRIGGER, Cause.NEW),
        (CLOCK_WAS_WRONG, "breach", State.FIRING, breaches(2), OPEN, TRIGGER, Cause.NEW),
        (FIRING, "breach", State.FIRING, breaches(1), NONE, SILENT, None),
        (FIRING, "ok", State.RECOVERING, healthy(1), NONE, SILENT, Cause.RECOVERING),
        (FIRING, "no_data", State.NO_DATA, Streak(), NONE, SILENT, Cause.NO_DATA),
        (HELD, "breach", State.FIRING, breaches(1), NONE, SILENT, None),
        (RECOVERING, "ok", State.OK, Streak(), RESOLVE, SAY_RESOLVED, Cause.RESOLVED),
        (RECOVERING, "breach", State.FIRING, breaches(1), NONE, SILENT, Cause.RELAPSED),
        (RECOVERING, "insufficient_data", State.INSUFFICIENT_DATA, healthy(1), NONE, SILENT, Cause.INSUFFICIENT_SAMPLE),
        (replace(RECOVERING, announced=False), "ok", State.OK, Streak(), RESOLVE, SILENT, Cause.RESOLVED),
        (BLIND_WHILE_FIRING, "breach", State.FIRING, breaches(1), NONE, SILENT, Cause.DATA_BACK),
        (BLIND_WHILE_FIRING, "ok", State.RECOVERING, healthy(1), NONE, SILENT, Cause.RECOVERING),
        (BLIND_WHILE_RECOVERING, "ok", State.OK, Streak(), RESOLVE, SAY_RESOLVED, Cause.RESOLVED),
    ],
)
def test_transition(previous, verdict, state, streak, incident, notice, cause):
    expected = Decision(state=state, streak=streak, incident=incident, notice=notice, cause=cause)
    assert decided(previous, verdict) == expected


@pytest.mark.parametrize("previous", [FIRING, RECOVERING])
def test_within_the_threshold_but_not_recovered_keeps_firing(previous):
    decision = decided(previous, "ok", Reason.NOT_RECOVERED)
    assert (decision.state, decision.streak) == (State.FIRING, Streak())
    assert decision.cause is (Cause.RELAPSED if previous is RECOVERING else None)


@pytest.mark.parametrize(
    ("policy", "reason", "state"),
    [
        ("alert", Reason.NO_ROWS, State.FIRING),
        ("alert", Reason.NOT_AGGREGATED, State.FIRING),
        ("keep", Reason.NO_ROWS, State.NO_DATA),
        ("ok", Reason.NO_ROWS, State.OK),
        ("ok", Reason.NO_VALUE, State.OK),
        ("ok", Reason.NOT_AGGREGATED, State.NO_DATA),
    ],
)
def test_what_no_data_means(policy, reason, state):
    assert decided(PENDING, "no_data", reason, no_data_policy=NoDataPolicy(policy)).state is state


@pytest.mark.parametrize("policy", NoDataPolicy)
def test_a_broken_query_is_no_missing_data(policy):
    assert decided(OK, "error", Reason.QUERY_FAILED, no_data_policy=policy).state is State.ERROR


@pytest.mark.parametrize("previous", [NEW, OK, PENDING, FIRING, RECOVERING, BLIND_WHILE_FIRING, COOLING, HELD])
@pytest.mark.parametrize("verdict", ["no_data", "insufficient_data", "error"])
def test_without_knowledge_nothing_is_opened_resolved_or_said(previous, verdict):
    decision = decided(previous, verdict)
    assert (decision.incident, decision.notice, decision.streak) == (NONE, SILENT, previous.streak)
    assert decision.state not in (State.OK, State.FIRING)
