"""What a judgement does to an alert: a pure function from state to state."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from sms_monitoring.alerts.model import (
    ALL,
    Cause,
    Decision,
    IncidentAction,
    NoDataPolicy,
    Notice,
    Reason,
    State,
    Streak,
    Verdict,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.alerts.model import Judgement, Standing, Threshold

# Without knowledge there is no change: an open incident stays open, a closed one stays closed.
UNKNOWING = {
    Verdict.NO_DATA: (State.NO_DATA, Cause.NO_DATA),
    Verdict.INSUFFICIENT_DATA: (State.INSUFFICIENT_DATA, Cause.INSUFFICIENT_SAMPLE),
    Verdict.ERROR: (State.ERROR, Cause.ERROR),
}
BLIND_STATES = {state for state, _ in UNKNOWING.values()}


class Signal(Enum):
    """What a judgement means for the alert, its no-data policy applied."""

    BREACH = auto()
    GOOD = auto()
    NOT_RECOVERED = auto()
    """Of an open incident: not in breach, and not yet past the recovery threshold."""
    UNKNOWN = auto()


def decide(previous: Standing, judgement: Judgement, threshold: Threshold, now: datetime) -> Decision:
    """The next state, and what to do and say about it.

    =================  ==================================  ===============================================
    signal             no incident open                    incident open
    =================  ==================================  ===============================================
    breach             pending; after pending_evaluations  firing
                       in a row open and trigger
    good               ok                                  recovering; after recovery_evaluations in a
                                                           row resolve, and say so if it was said to fire
    not recovered      ok                                  firing
    unknown            own state, nothing else             own state, the incident stays open
    =================  ==================================  ===============================================

    Evaluations that know nothing neither count in a row nor break it. A trigger that the cooldown holds back is said
    by the follow-up, if it still fires then.
    """
    match signal_of(judgement, threshold):
        case Signal.BREACH:
            return _breach(previous, threshold, now)
        case Signal.NOT_RECOVERED if previous.incident_id is not None:
            return Decision(state=State.FIRING, cause=_back_to_firing(previous))
        case Signal.GOOD | Signal.NOT_RECOVERED:
            return _good(previous, threshold)
        case Signal.UNKNOWN:
            state, cause = UNKNOWING[judgement.verdict]
            told = None if previous.state is state else Cause.FIRST if previous.state is None else cause
            return Decision(state=state, streak=previous.streak, cause=told)


def signal_of(judgement: Judgement, threshold: Threshold) -> Signal:
    """What the judgement means for the alert."""
    match judgement.verdict:
        case Verdict.BREACH:
            return Signal.BREACH
        case Verdict.OK:
            return Signal.NOT_RECOVERED if judgement.reason is Reason.NOT_RECOVERED else Signal.GOOD
        # Numbers that nobody can trust say nothing; whoever owns them is told by an alert of its own.
        case Verdict.NO_DATA if judgement.reason is Reason.BAD_DATA:
            return Signal.UNKNOWN
        case Verdict.NO_DATA if threshold.no_data_policy is NoDataPolicy.ALERT:
            return Signal.BREACH
        # An hour that was never aggregated is no quiet hour.
        case Verdict.NO_DATA if (
            threshold.no_data_policy is NoDataPolicy.OK and judgement.reason is not Reason.NOT_AGGREGATED
        ):
            return Signal.GOOD
        case _:
            return Signal.UNKNOWN


def is_dismissed(previous: Standing, judgement: Judgement, threshold: Threshold) -> bool:
    """Whether a person has resolved the incident of an entity that fell silent: it is gone, and to be forgotten."""
    return (
        previous.ended_incident_id is not None
        and previous.entity != ALL
        and judgement.reason is Reason.NO_ROWS
        and threshold.no_data_policy is NoDataPolicy.ALERT
    )


def is_cooling_down(last_announced_at: datetime | None, threshold: Threshold, now: datetime) -> bool:
    """Whether the alert spoke so lately that a new incident has to wait."""
    # Said in the future? A clock was wrong; that must not keep the alert silent until then.
    return last_announced_at is not None and last_announced_at <= now < last_announced_at + threshold.cooldown


def _breach(previous: Standing, threshold: Threshold, now: datetime) -> Decision:
    streak = Streak(breaches=min(previous.streak.breaches + 1, threshold.pending_evaluations))
    if previous.incident_id is not None:
        return Decision(state=State.FIRING, streak=streak, cause=_back_to_firing(previous))
    if streak.breaches < threshold.pending_evaluations:
        cause = None if previous.state is State.PENDING else Cause.PENDING
        return Decision(state=State.PENDING, streak=streak, cause=cause)
    held = is_cooling_down(previous.last_announced_at, threshold, now)
    return Decision(
        state=State.FIRING,
        streak=streak,
        incident=IncidentAction.OPEN,
        notice=Notice.TRIGGER_HELD if held else Notice.TRIGGER,
        cause=Cause.NEW,
    )


def _good(previous: Standing, threshold: Threshold) -> Decision:
    if previous.incident_id is None:
        return Decision(state=State.OK, cause=_back_to_ok(previous))
    healthy = previous.streak.healthy + 1
    if healthy < threshold.recovery_evaluations:
        cause = None if previous.state is State.RECOVERING else Cause.RECOVERING
        return Decision(state=State.RECOVERING, streak=Streak(healthy=healthy), cause=cause)
    notice = Notice.RESOLVE if previous.announced else Notice.NONE
    return Decision(state=State.OK, incident=IncidentAction.RESOLVE, notice=notice, cause=Cause.RESOLVED)


def _back_to_firing(previous: Standing) -> Cause | None:
    if previous.state is State.RECOVERING:
        return Cause.RELAPSED
    return Cause.DATA_BACK if previous.state in BLIND_STATES else None


def _back_to_ok(previous: Standing) -> Cause | None:
    match previous.state:
        case None:
            return Cause.FIRST
        case State.OK:
            return None
        case State.PENDING:
            return Cause.CLEARED
        case _:
            return Cause.DATA_BACK
