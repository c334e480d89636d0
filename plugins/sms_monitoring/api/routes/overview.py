"""How things stand, at a glance, for the top of the dashboard."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from fastapi import APIRouter
from psycopg_pool import PoolTimeout

from sms_monitoring.api import database, errors
from sms_monitoring.api.access import WATCHED_DAG, Reader
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.models import overview as shapes
from sms_monitoring.overview import airflow_runs, headline
from sms_monitoring.overview.read import read_overview

if TYPE_CHECKING:
    from sms_monitoring.overview.model import Banner
    from sms_monitoring.overview.read import Overview

router = APIRouter(tags=["overview"])


@router.get("/overview", responses=errors.documented(401, 403, 429, 503))
def overview(user: Reader, place: database.Place) -> Answer[shapes.Overview]:
    """The banner's sentence, today against the same hours a week ago, how fresh the numbers are, what is open.

    A database that does not answer is a status of its own here, so that the page can say so.
    """
    now = datetime.now(UTC)
    paused = airflow_runs.is_paused(WATCHED_DAG)
    try:
        with database.connection() as conn:
            found = read_overview(conn, now, paused=paused)
    except (psycopg.Error, PoolTimeout) as error:
        if not errors.is_unreachable(error):
            raise
        return Answer(data=_without_database(paused))
    return Answer(data=_shape(found))


def _shape(found: Overview) -> shapes.Overview:
    freshness = found.situation.freshness
    severities = Counter(incident.severity for incident in found.situation.incidents)
    return shapes.Overview(
        health=_banner(headline.banner(found.situation)),
        today=shapes.Today.model_validate(found.today),
        freshness=shapes.Freshness(
            newest_hour=freshness.newest_hour,
            hours_behind=freshness.hours_behind,
            view_refreshed_at=freshness.view_refreshed_at,
            stale=freshness.stale,
            message=headline.freshness_message(freshness),
            quality=found.situation.trouble,
            dag_run_url=airflow_runs.page_of(WATCHED_DAG, freshness.newest_hour),
            paused=freshness.paused,
        ),
        open_incidents=shapes.OpenIncidents(**{name: severities[name] for name in ("critical", "warning", "info")}),
    )


def _without_database(paused: bool | None) -> shapes.Overview:
    return shapes.Overview(
        health=_banner(headline.NO_ANSWER),
        today=shapes.Today(hours=0, items=[]),
        freshness=shapes.Freshness(
            newest_hour=None,
            hours_behind=None,
            view_refreshed_at=None,
            stale=True,
            message="How old the numbers are is not known.",
            quality=None,
            dag_run_url=airflow_runs.page_of(WATCHED_DAG, None),
            paused=paused,
        ),
        open_incidents=shapes.OpenIncidents(),
    )


def _banner(banner: Banner) -> shapes.Banner:
    return shapes.Banner(status=banner.status, headline=banner.headline, details=list(banner.details))
