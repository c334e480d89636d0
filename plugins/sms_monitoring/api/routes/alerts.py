"""The guide's alerts: those that are open, those there were, and an end to one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query

from sms_monitoring import db
from sms_monitoring.api import keys, paging
from sms_monitoring.api.access import Actor, Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer, Page
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models.alerts import Alert, ResolveRequest
from sms_monitoring.api.parameters import Day, check_order

router = APIRouter(tags=["alerts"])


class Which(StrEnum):
    """Which alerts to list."""

    UNRESOLVED = "unresolved"
    HISTORY = "history"


@router.get("/alerts", responses=documented(401, 403, 422, 429, 503))
def list_alerts(
    user: Reader,
    conn: Db,
    which: Annotated[Which, Query(alias="type")] = Which.UNRESOLVED,
    limit: paging.Limit = 50,
    start_date: Annotated[Day | None, Query(description="First UTC day of `triggered_at`; history needs it")] = None,
    end_date: Annotated[Day | None, Query(description="Last UTC day; without it, up to now")] = None,
    cursor: paging.Cursor = None,
) -> Page[Alert]:
    """The alerts that nobody and nothing has resolved, or all that fired in some days; the newest first."""
    if which is Which.HISTORY and start_date is None:
        raise ApiError(422, "start_date: type=history needs it, like 2025-10-01.", parameter="start_date")
    if start_date and end_date:
        check_order(start_date, end_date)
    before, before_id = keys.time_and_uuid(cursor)
    asked = {
        "unresolved": which is Which.UNRESOLVED,
        "start_date": start_date,
        "end_date": end_date,
        "before": before,
        "before_id": before_id,
        # One more than asked for tells whether there is another page.
        "row_limit": limit + 1,
    }
    rows = db.fetch_all(conn, "api/alerts/list.sql", asked)
    page, next_cursor = keys.cut(rows, limit, "triggered_at", "id")
    return Page(data=[Alert(**row) for row in page], next_cursor=next_cursor)


@router.post("/alerts", responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 503))
def resolve_alert(user: Actor, conn: Db, wanted: ResolveRequest) -> Answer[Alert]:
    """Resolve an alert, and answer it as it is then. One that was resolved before stays as it was."""
    row = db.fetch_one(conn, "api/alerts/resolve.sql", {"alert_id": wanted.alert_id, "who": user.get_name()})
    assert row is not None  # noqa: S101 - the function raises where there is none
    return Answer(data=Alert(**row))
