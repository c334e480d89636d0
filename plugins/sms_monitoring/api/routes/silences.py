"""Silences and mute windows: to list, to make, to end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from sms_monitoring import db
from sms_monitoring.api import keys
from sms_monitoring.api.access import Actor, Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer, Page
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models.fields import LARGEST_ID
from sms_monitoring.api.models.incident import NoteRequest
from sms_monitoring.api.models.silence import (
    MuteRequest,
    Silence,
    SilenceRequest,
    check_mute,
    check_silence,
    recorded_author,
    silence,
)
from sms_monitoring.api.paging import Cursor, Limit
from sms_monitoring.api.refusals import naming

router = APIRouter(tags=["silences"])

MAKING = documented(400, 401, 403, 409, 413, 415, 422, 429, 503)
ACTING = documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
SilenceId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/silences", responses=documented(401, 403, 422, 429, 503))
def list_silences(
    user: Reader,
    conn: Db,
    *,
    state: Annotated[
        Literal["in_effect", "all"], Query(description="in_effect: not over yet, those to come among them")
    ] = "in_effect",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Silence]:
    """Silences and mute windows, newest first."""
    wanted = {"state": state, "silence_id": None, "before_id": keys.row_id(cursor), "most": limit + 1}
    rows, following = keys.cut(db.fetch_all(conn, "api/silences/page.sql", wanted), limit, "id")
    return Page(data=[silence(row) for row in rows], next_cursor=following)


@router.post("/silences", status_code=201, responses=MAKING)
def make_silence(wanted: SilenceRequest, user: Actor, conn: Db) -> Answer[Silence]:
    """Tell nobody of what matches, until a time or for some minutes. It is evaluated all the same."""
    check_silence(wanted, datetime.now(UTC))
    who = recorded_author(wanted.author, user.get_name())
    return make(conn, "silence", {**wanted.model_dump(), "incident_id": None, "who": who})


@router.post("/mute-windows", status_code=201, responses=MAKING)
def make_mute_window(wanted: MuteRequest, user: Actor, conn: Db) -> Answer[Silence]:
    """Tell nobody of what matches at these times of these days."""
    check_mute(wanted, datetime.now(UTC))
    who = recorded_author(wanted.author, user.get_name())
    with naming("time_zone"):
        return make(conn, "mute", {**wanted.model_dump(), "who": who})


@router.post("/silences/{silence_id}/end", responses=ACTING)
def end_silence(silence_id: SilenceId, user: Actor, conn: Db, wanted: NoteRequest | None = None) -> Answer[Silence]:
    """End it now. One that is over stays as it is."""
    return _act(conn, "end", silence_id, user, wanted)


@router.post("/silences/{silence_id}/review", responses=ACTING)
def review_silence(silence_id: SilenceId, user: Actor, conn: Db, wanted: NoteRequest | None = None) -> Answer[Silence]:
    """Put on record that it is still needed; the weekly review does not list a mute window for a while then."""
    return _act(conn, "review", silence_id, user, wanted)


def make(conn: Db, what: Literal["silence", "mute"], params: dict[str, Any]) -> Answer[Silence]:
    """Make a silence or a mute window, and read it."""
    row = db.fetch_one(conn, f"api/silences/{what}.sql", params)
    assert row is not None  # noqa: S101 - the function returns its id
    return _read(conn, row["id"])


def _act(conn: Db, action: str, silence_id: int, user: Any, wanted: NoteRequest | None) -> Answer[Silence]:
    act = {"silence_id": silence_id, "who": user.get_name(), "note": wanted and wanted.note}
    db.fetch_one(conn, f"api/silences/{action}.sql", act)
    return _read(conn, silence_id)


def _read(conn: Db, silence_id: int) -> Answer[Silence]:
    row = db.fetch_one(
        conn, "api/silences/page.sql", {"silence_id": silence_id, "state": "all", "before_id": None, "most": 1}
    )
    assert row is not None  # noqa: S101 - silences are never deleted
    return Answer(data=silence(row))
