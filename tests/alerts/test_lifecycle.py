"""Given where an alert stood and a verdict, expect the next state and what is said. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sms_monitoring.alerts.lifecycle import decide
from sms_monitoring.alerts.model import Decision, IncidentAction, Judgement, Notice, Reason, Standing, State, Verdict
from tests.alerts.test_judge import threshold

NOW = datetime(2026, 3, 10, 11, tzinfo=UTC)
INCIDENT = uuid4()


def standing(**changes):
    return Standing(entity="all", **changes)


def decided(previous, verdict):
    judgement = Judgement(verdict=Verdict(verdict), reason=Reason.WITHIN_THRESHOLD)
    return decide(previous, judgement, threshold(cooldown=timedelta(minutes=60)), NOW)


NEW = standing()
OK = standing(state=State.OK)
FIRING = standing(state=State.FIRING, incident_id=INCIDENT, announced=True, last_announced_at=NOW - timedelta(hours=1))
BLIND_WHILE_FIRING = standing(
    state=State.NO_DATA, incident_id=INCIDENT, announced=True, last_announced_at=NOW - timedelta(hours=2)
)
COOLING = standing(state=State.OK, last_announced_at=NOW - timedelta(minutes=59))
COOLED = standing(state=State.OK, last_announced_at=NOW - timedelta(minutes=60))
HELD = standing(
    state=State.FIRING, incident_id=INCIDENT, announced=False, last_announced_at=NOW - timedelta(minutes=30)
)
HELD_LONG = standing(
    state=State.FIRING, incident_id=INCIDENT, announced=False, last_announced_at=NOW - timedelta(minutes=61)
)

OPEN, RESOLVE, KEEP = IncidentAction.OPEN, IncidentAction.RESOLVE, IncidentAction.NONE


@pytest.mark.parametrize(
    ("previous", "verdict", "state", "incident", "notice"),
    [
        (NEW, "ok", State.OK, KEEP, Notice.NONE),
        (NEW, "breach", State.FIRING, OPEN, Notice.TRIGGER),
        (NEW, "no_data", State.NO_DATA, KEEP, Notice.NONE),
        (NEW, "insufficient_data", State.INSUFFICIENT_DATA, KEEP, Notice.NONE),
        (NEW, "error", State.ERROR, KEEP, Notice.NONE),
        (OK, "breach", State.FIRING, OPEN, Notice.TRIGGER),
        (FIRING, "breach", State.FIRING, KEEP, Notice.NONE),
        (FIRING, "ok", State.OK, RESOLVE, Notice.RESOLVE),
        (FIRING, "no_data", State.NO_DATA, KEEP, Notice.NONE),
        (FIRING, "insufficient_data", State.INSUFFICIENT_DATA, KEEP, Notice.NONE),
        (FIRING, "error", State.ERROR, KEEP, Notice.NONE),
        (BLIND_WHILE_FIRING, "breach", State.FIRING, KEEP, Notice.NONE),
        (BLIND_WHILE_FIRING, "ok", State.OK, RESOLVE, Notice.RESOLVE),
        (COOLING, "breach", State.FIRING, OPEN, Notice.TRIGGER_HELD),
        (COOLED, "breach", State.FIRING, OPEN, Notice.TRIGGER),
        (HELD, "breach", State.FIRING, KEEP, Notice.NONE),
        (HELD_LONG, "breach", State.FIRING, KEEP, Notice.TRIGGER),
        (HELD, "ok", State.OK, RESOLVE, Notice.NONE),
    ],
)
def test_transition(previous, verdict, state, incident, notice):
    assert decided(previous, verdict) == Decision(state=state, incident=incident, notice=notice)


@pytest.mark.parametrize("previous", [NEW, OK, FIRING, BLIND_WHILE_FIRING, COOLING, HELD])
@pytest.mark.parametrize("verdict", ["no_data", "insufficient_data", "error"])
def test_without_knowledge_nothing_is_opened_resolved_or_said(previous, verdict):
    decision = decided(previous, verdict)
    assert decision.incident is IncidentAction.NONE
    assert decision.notice is Notice.NONE
    assert decision.state not in (State.OK, State.FIRING)
