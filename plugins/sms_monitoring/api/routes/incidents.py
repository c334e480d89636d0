"""Incidents: to list, to look at, to act on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from sms_monitoring import db
from sms_monitoring.api import keys
from sms_monitoring.api.access import Actor, Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer, Page
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models.delivery import Delivery
from sms_monitoring.api.models.fields import Moment, Text
from sms_monitoring.api.models.incident import (
    EscalateRequest,
    Incident,
    IncidentDetail,
    NoteRequest,
    detail,
    incident,
)
from sms_monitoring.api.models.silence import IncidentSilenceRequest, Silence, check_silence, recorded_author
from sms_monitoring.api.paging import Cursor, Limit
from sms_monitoring.api.refusals import naming
from sms_monitoring.api.routes import silences

router = APIRouter(tags=["incidents"])

READING = documented(401, 403, 422, 429, 503)
READING_ONE = documented(401, 403, 404, 422, 429, 503)
ACTING = documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
LONGEST_TIMELINE = 500
MOST_DELIVERIES = 200
ANY = dict.fromkeys(("incident_id", "alert_type", "severity", "starts_at", "ends_at", "before", "before_id"))


@router.get("/incidents", responses=READING)
def list_incidents(
    user: Reader,
    conn: Db,
    *,
    state: Literal["open", "resolved", "all"] = "all",
    alert_type: Annotated[Text | None, Query(description="of this alert type only")] = None,
    severity: Annotated[Literal["info", "warning", "critical"] | None, Query()] = None,
    start: Annotated[Moment | None, Query(description="triggered at or after this time")] = None,
    end: Annotated[Moment | None, Query(description="triggered before this time")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Incident]:
    """Incidents, newest first. What is opened meanwhile comes before the first page and moves no other."""
    if start and end and start >= end:
        raise ApiError(422, "end must come after start.", parameter="end")
    before, before_id = keys.time_and_uuid(cursor)
    wanted = {
        **ANY,
        "state": state,
        "alert_type": alert_type,
        "severity": severity,
        "starts_at": start,
        "ends_at": end,
        "before": before,
        "before_id": before_id,
        "most": limit + 1,
    }
    rows, following = keys.cut(db.fetch_all(conn, "api/incidents/page.sql", wanted), limit, "triggered_at", "id")
    return Page(data=[incident(row) for row in rows], next_cursor=following)


@router.get("/incidents/{incident_id}", responses=READING_ONE)
def get_incident(incident_id: UUID, user: Reader, conn: Db) -> Answer[IncidentDetail]:
    """One incident with all that happened about it."""
    row = _row(conn, incident_id)
    timeline = db.fetch_all(
        conn, "api/incidents/timeline.sql", {"incident_id": incident_id, "most": LONGEST_TIMELINE + 1}
    )
    found = detail(
        row,
        timeline[:LONGEST_TIMELINE],
        is_whole=len(timeline) <= LONGEST_TIMELINE,
        deliveries=_deliveries(conn, incident_id, MOST_DELIVERIES),
    )
    return Answer(data=found)


@router.get("/incidents/{incident_id}/deliveries", responses=READING_ONE)
def list_deliveries(
    incident_id: UUID, user: Reader, conn: Db, *, limit: Limit = 50, cursor: Cursor = None
) -> Page[Delivery]:
    """What was told of an incident, or why it was not, newest first."""
    found = _deliveries(conn, incident_id, limit + 1, keys.row_id(cursor))
    if not found and db.fetch_one(conn, "api/incidents/exists.sql", {"incident_id": incident_id}) is None:
        raise _unknown(incident_id)
    rows, following = keys.cut(found, limit, "id")
    return Page(data=[Delivery(**row) for row in rows], next_cursor=following)


@router.post("/incidents/{incident_id}/acknowledge", responses=ACTING)
def acknowledge(incident_id: UUID, user: Actor, conn: Db, wanted: NoteRequest | None = None) -> Answer[Incident]:
    """You look after it: it is not repeated and not escalated any more. The first acknowledgement stays."""
    return _act(conn, "acknowledge", incident_id, user, wanted)


@router.post("/incidents/{incident_id}/unacknowledge", responses=ACTING)
def unacknowledge(incident_id: UUID, user: Actor, conn: Db, wanted: NoteRequest | None = None) -> Answer[Incident]:
    """Nobody looks after it any more: it is repeated and escalated again."""
    return _act(conn, "unacknowledge", incident_id, user, wanted)


@router.post("/incidents/{incident_id}/resolve", responses=ACTING)
def resolve(incident_id: UUID, user: Actor, conn: Db, wanted: NoteRequest | None = None) -> Answer[Incident]:
    """End it by hand; the next breach opens a new one. What is resolved stays as it is."""
    return _act(conn, "resolve", incident_id, user, wanted)


@router.post("/incidents/{incident_id}/escalate", responses=ACTING)
def escalate(incident_id: UUID, user: Actor, conn: Db, wanted: EscalateRequest | None = None) -> Answer[Incident]:
    """Tell one more channel of it: the one named, else the escalation channel of its threshold."""
    channel = wanted and wanted.channel
    with naming("channel"):
        return _act(conn, "escalate", incident_id, user, wanted, channel=channel)


@router.post("/incidents/{incident_id}/silence", status_code=201, responses=ACTING)
def silence_incident(incident_id: UUID, wanted: IncidentSilenceRequest, user: Actor, conn: Db) -> Answer[Silence]:
    """Tell nobody of what it is about (its alert type, entity and severity), until a time or for some minutes."""
    check_silence(wanted, datetime.now(UTC))
    patterns: dict[str, Any] = dict.fromkeys(("alert_type", "entity", "severity", "starts_at"))
    who = recorded_author(wanted.author, user.get_name())
    return silences.make(conn, "silence", {**wanted.model_dump(), **patterns, "incident_id": incident_id, "who": who})


def _act(
    conn: Db, action: str, incident_id: UUID, user: Any, wanted: NoteRequest | None, **params: Any
) -> Answer[Incident]:
    act = {"incident_id": incident_id, "who": user.get_name(), "note": wanted and wanted.note, **params}
    db.fetch_one(conn, f"api/incidents/{action}.sql", act)
    return Answer(data=incident(_row(conn, incident_id)))


def _row(conn: Db, incident_id: UUID) -> db.Row:
    wanted = {**ANY, "incident_id": incident_id, "state": "all", "most": 1}
    row = db.fetch_one(conn, "api/incidents/page.sql", wanted)
    if row is None:
        raise _unknown(incident_id)
    return row


def _deliveries(conn: Db, incident_id: UUID, limit: int, before_id: int | None = None) -> list[db.Row]:
    wanted = {"incident_id": incident_id, "most": limit, "before_id": before_id}
    return db.fetch_all(conn, "api/deliveries/of_incident.sql", wanted)


def _unknown(incident_id: UUID) -> ApiError:
    return ApiError(404, f"There is no incident {incident_id}.", parameter="incident_id")
