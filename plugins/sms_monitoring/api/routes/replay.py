"""A threshold over the stored history, before it is set."""

from __future__ import annotations

from fastapi import APIRouter

from sms_monitoring.api import rate_limits, replaying
from sms_monitoring.api.access import Reader
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models.replay import Replay, ReplayRequest, replay
from sms_monitoring.api.routes.thresholds import AlertTypeName, refusal, refuse_impossible
from sms_monitoring.replay.model import ReplayError

router = APIRouter(tags=["thresholds"])


@router.post("/thresholds/{alert_type}/replay", responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 503))
def replay_threshold(alert_type: AlertTypeName, wanted: ReplayRequest, user: Reader) -> Answer[Replay]:
    """What a changed threshold would have said over the stored hours, beside the one that is set.

    Nothing is changed and nobody is told. Takes some seconds; few run at once.
    """
    from sms_monitoring.charts.theme import palette
    from sms_monitoring.replay.record import chart

    refuse_impossible(alert_type, dict(wanted.changes))
    rate_limits.count_costly(user.get_name())
    try:
        result = replaying.run(alert_type, dict(wanted.changes), wanted.start, wanted.end)
    except ReplayError as error:
        raise refusal(error) from error
    drawn = chart(result, width="container", colours=palette(dark=wanted.theme == "dark"))
    return Answer(data=replay(result, drawn))
