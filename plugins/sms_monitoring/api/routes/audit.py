"""Who changed what, and how states changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sms_monitoring import db
from sms_monitoring.api import keys
from sms_monitoring.api.access import Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Page
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models.audit import AuditEntry, Transition, audit_entry
from sms_monitoring.api.models.fields import Text
from sms_monitoring.api.paging import Cursor, Limit

router = APIRouter(tags=["history"])
READING = documented(401, 403, 422, 429, 503)


@router.get("/audit", responses=READING)
def list_audit(
    user: Reader,
    conn: Db,
    *,
    object: Annotated[
        Text | None, Query(description="`threshold delivery_rate_critical`, `incident <id>`, `silence 7` …")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditEntry]:
    """What people changed about alerts, newest first."""
    wanted = {"object": object, "before_id": keys.row_id(cursor), "most": limit + 1}
    rows, following = keys.cut(db.fetch_all(conn, "api/audit/page.sql", wanted), limit, "id")
    return Page(data=[audit_entry(row) for row in rows], next_cursor=following)


@router.get("/transitions", responses=READING)
def list_transitions(
    user: Reader,
    conn: Db,
    *,
    alert_type: Annotated[Text | None, Query(description="of this alert type only")] = None,
    entity: Annotated[Text | None, Query(description="of this entity only; `all` is the whole system")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Transition]:
    """How the states of alerts changed, and why something was said or held back, newest first."""
    wanted = {"alert_type": alert_type, "entity": entity, "before_id": keys.row_id(cursor), "most": limit + 1}
    rows, following = keys.cut(db.fetch_all(conn, "api/audit/transitions.sql", wanted), limit, "id")
    return Page(data=[Transition(**row) for row in rows], next_cursor=following)
