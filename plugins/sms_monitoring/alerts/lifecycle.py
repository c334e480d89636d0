"""What a judgement does to an alert: a pure function from state to state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.alerts.model import Decision, IncidentAction, Notice, State, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.alerts.model import Judgement, Standing, Threshold

# Without knowledge there is no change: an open incident stays open, a closed one stays closed.
UNKNOWING = {
    Verdict.NO_DATA: State.NO_DATA,
    Verdict.INSUFFICIENT_DATA: State.INSUFFICIENT_DATA,
    Verdict.ERROR: State.ERROR,
}


def decide(previous: Standing, judgement: Judgement, threshold: Threshold, now: datetime) -> Decision:
    """The next state, and what to do and say about it.

    ===================  ==========================  ===========================================
    verdict              no incident open            incident open
    ===================  ==========================  ===========================================
    breach               open, trigger (or held)     keep; trigger now if it was held and may be said
    ok                   stay ok                     resolve; say so where the trigger was said
    no data, too little  own state, nothing else     own state, incident stays open
    ===================  ==========================  ===========================================
    """
    if judgement.verdict is Verdict.BREACH:
        if previous.incident_id is not None and previous.announced:
            return Decision(state=State.FIRING)
        action = IncidentAction.OPEN if previous.incident_id is None else IncidentAction.NONE
        if _cooling_down(previous, threshold, now):
            held = Notice.TRIGGER_HELD if action is IncidentAction.OPEN else Notice.NONE
            return Decision(state=State.FIRING, incident=action, notice=held)
        return Decision(state=State.FIRING, incident=action, notice=Notice.TRIGGER)
    if judgement.verdict is Verdict.OK:
        if previous.incident_id is None:
            return Decision(state=State.OK)
        notice = Notice.RESOLVE if previous.announced else Notice.NONE
        return Decision(state=State.OK, incident=IncidentAction.RESOLVE, notice=notice)
    return Decision(state=UNKNOWING[judgement.verdict])


def _cooling_down(previous: Standing, threshold: Threshold, now: datetime) -> bool:
    said = previous.last_announced_at
    # Said in the future? A clock was wrong; that must not keep the alert silent until then.
    return said is not None and said <= now < said + threshold.cooldown
