"""Thresholds: to list, to edit."""

from __future__ import annotations

from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Header, Path
from psycopg.types.json import Jsonb

from sms_monitoring import db
from sms_monitoring.alerts.model import Measure
from sms_monitoring.api import alert_types
from sms_monitoring.api.access import Actor, Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models.threshold import Changes, EditRequest, Threshold, threshold
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.replay.proposal import explain

router = APIRouter(tags=["thresholds"])

AlertTypeName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,99}$", description="delivery_rate_critical")]
IfMatch = Annotated[
    str | None, Header(max_length=200, description="`version` of the threshold as you know it; else 412")
]


@router.get("/thresholds", responses=documented(401, 403, 429, 503))
def list_thresholds(user: Reader, conn: Db) -> Answer[list[Threshold]]:
    """All thresholds, by name, and where each stands."""
    rows = db.fetch_all(conn, "api/thresholds/list.sql", {"alert_type": None})
    return Answer(data=[threshold(row) for row in rows])


@router.get("/thresholds/{alert_type}", responses=documented(401, 403, 404, 422, 429, 503))
def get_threshold(alert_type: AlertTypeName, user: Reader, conn: Db) -> Answer[Threshold]:
    """One threshold, and where it stands."""
    return Answer(data=_read(conn, alert_type))


@router.patch("/thresholds/{alert_type}", responses=documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503))
def edit_threshold(
    alert_type: AlertTypeName, wanted: EditRequest, user: Actor, conn: Db, *, if_match: IfMatch = None
) -> Answer[Threshold]:
    """Change columns of a threshold; they take effect at the next evaluation.

    With `If-Match: <version>`, only if nobody has changed it since you read it.
    """
    changes: dict[str, Any] = dict(wanted.changes)
    refuse_impossible(alert_type, changes)
    try:
        with conn.transaction():
            _refuse_outdated(conn, alert_type, if_match)
            act = {"alert_type": alert_type, "who": user.get_name(), "changes": Jsonb(changes), "note": wanted.note}
            db.fetch_one(conn, "api/thresholds/edit.sql", act)
    except psycopg.Error as error:
        refused = explain(conn, changes, error)
        if refused is None:
            raise
        raise refusal(refused) from error
    return Answer(data=_read(conn, alert_type))


def refusal(error: ReplayError) -> ApiError:
    """What cannot be set, or replayed, as an answer."""
    # Columns stand in the body's object of changes.
    parameter = f"changes.{error.parameter}" if error.parameter in Changes.__annotations__ else error.parameter
    return ApiError(422, f"{error}.", parameter=parameter)


def refuse_impossible(alert_type: str, changes: dict[str, Any]) -> None:
    """A share of 850 % is a slip of the finger, and an alert that never fires or never ends.

    The table cannot know: it does not say which alert types are rates.

    :raises ApiError: 422, naming the column.
    """
    alert = alert_types.watched().get(alert_type)
    if alert is None or alert.measure is not Measure.RATE:
        return
    for column in ("threshold_value", "recovery_threshold"):
        value = changes.get(column)
        if value is not None and not 0 <= value <= 100:
            said = f"{column} is {value:g} {alert.unit}: {alert.title!r} is judged by a share, from 0 to 100 %."
            raise ApiError(422, said, parameter=f"changes.{column}")


def unknown(alert_type: str) -> ApiError:
    """The answer about an alert type that has no threshold."""
    return ApiError(404, f"There is no threshold of alert type {alert_type}.", parameter="alert_type")


def _refuse_outdated(conn: Db, alert_type: str, if_match: str | None) -> None:
    """Lock the threshold, and see that it is as the caller knows it.

    :raises ApiError: 404 when there is none; 412 when it is not.
    """
    row = db.fetch_one(conn, "api/thresholds/lock.sql", {"alert_type": alert_type})
    if row is None:
        raise unknown(alert_type)
    known = [] if if_match is None else [tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")]
    if not known or "*" in known or row["version"] in known:
        return
    last = db.fetch_one(conn, "api/thresholds/last_change.sql", {"alert_type": alert_type})
    changed = f"{last['actor']} changed it at {last['at']:%Y-%m-%d %H:%M} UTC" if last else "it was changed meanwhile"
    raise ApiError(412, f"This is not the threshold as you know it: {changed}. Load it again.", parameter="If-Match")


def _read(conn: Db, alert_type: str) -> Threshold:
    row = db.fetch_one(conn, "api/thresholds/list.sql", {"alert_type": alert_type})
    if row is None:
        raise unknown(alert_type)
    return threshold(row)
