"""Is it there? For a load balancer, and for those who watch the watcher."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter

from sms_monitoring.api.access import SignedIn
from sms_monitoring.api.database import Db
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models.overview import Health
from sms_monitoring.overview.headline import freshness_message
from sms_monitoring.overview.read import read_freshness

router = APIRouter(tags=["overview"])


@router.get("/health", responses=documented(401, 403, 429, 503))
def health(user: SignedIn, conn: Db) -> Health:
    """200 while the API and its database answer, 503 where the database does not.

    Old numbers are no reason to take a server out of service: then `status` says so.
    """
    freshness = read_freshness(conn, datetime.now(UTC))
    return Health(
        status="no_data" if freshness.newest_hour is None else "stale" if freshness.stale else "ok",
        database="ok",
        newest_hour=freshness.newest_hour,
        hours_behind=freshness.hours_behind,
        message=freshness_message(freshness),
    )
