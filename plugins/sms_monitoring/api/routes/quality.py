"""Data quality: what was checked, what came of it, which hours are bad; and the Data Docs as pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from sms_monitoring import db
from sms_monitoring.api import data_docs, keys, paging
from sms_monitoring.api.access import Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer, Page
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models import quality as shapes
from sms_monitoring.overview import airflow_runs
from sms_monitoring.overview import quality as standing
from sms_monitoring.overview.read import read_freshness
from sms_monitoring.quality.model import Plan, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.db import Row

router = APIRouter(tags=["quality"])
READING = documented(401, 403, 422, 429, 503)
# How much of each plan's history is shown.
HISTORY = {"hours": 24, "days": 14}


@router.get("/quality", responses=documented(401, 403, 429, 503))
def quality(user: Reader, conn: Db) -> Answer[shapes.Quality]:
    """How the newest hourly gate and the newest daily full run ended, what failed in them, how many hours are bad."""
    now = datetime.now(UTC)
    freshness = read_freshness(conn, now)
    known = standing.read_quality(conn, freshness.newest_hour)
    plans = _plans(conn, now)
    count = db.fetch_one(conn, "api/quality/count_bad_hours.sql")
    late = {each.plan: each.late_hours for each in plans if each.late_hours is not None}
    status, headline = standing.summary(known, late)
    return Answer(
        data=shapes.Quality(
            status=status,
            headline=headline,
            plans=plans,
            bad_hours=count["bad_hours"] if count else 0,
            newest_hour=freshness.newest_hour,
            bad_families=list(known.bad_families),
            data_docs=shapes.DataDocs(built_at=data_docs.built_at(), url=data_docs.URL),
        )
    )


@router.get("/quality/runs", responses=READING)
def list_runs(
    user: Reader,
    conn: Db,
    *,
    plan: Annotated[Plan | None, Query(description="of this plan only")] = None,
    verdict: Annotated[Verdict | None, Query(description="that ended so only")] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Page[shapes.Run]:
    """Runs of quality checks, the newest first; one that was killed is among them, without an end."""
    before, before_id = keys.time_and_uuid(cursor)
    wanted = {"plan": plan, "verdict": verdict, "before": before, "before_id": before_id, "row_limit": limit + 1}
    rows, following = keys.cut(db.fetch_all(conn, "api/quality/runs.sql", wanted), limit, "started_at", "id")
    pages = _pages(rows)
    return Page(data=[shapes.run(row, pages) for row in rows], next_cursor=following)


@router.get("/quality/runs/{run_id}", responses=documented(401, 403, 404, 422, 429, 503))
def get_run(run_id: UUID, user: Reader, conn: Db) -> Answer[shapes.RunDetail]:
    """One run, and what each of its checks found, the gravest first."""
    row = db.fetch_one(conn, "api/quality/run.sql", {"run_id": run_id})
    if row is None:
        raise ApiError(404, f"There is no run {run_id} of quality checks; old ones are forgotten.", parameter="run_id")
    results = db.fetch_all(conn, "api/quality/results.sql", {"run_ids": [run_id], "problems": False})
    return Answer(data=shapes.run_detail(row, _pages([row]), results))


@router.get("/quality/bad-hours", responses=READING)
def list_bad_hours(
    user: Reader, conn: Db, *, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Page[shapes.BadHour]:
    """Hours whose numbers failed a critical check, so that no alert judges them; the newest first."""
    before, family = keys.time_and_text(cursor)
    wanted = {"before": before, "before_family": family, "row_limit": limit + 1}
    rows, following = keys.cut(db.fetch_all(conn, "api/quality/bad_hours.sql", wanted), limit, "metric_hour", "family")
    return Page(data=[shapes.BadHour(**row) for row in rows], next_cursor=following)


def _plans(conn: Db, now: datetime) -> list[shapes.PlanStanding]:
    rows = db.fetch_all(conn, "api/quality/newest.sql")
    pages = _pages(rows)
    runs = [shapes.run(row, pages) for row in rows]
    newest = {run.plan: run for run in runs if run.finished_at}
    begun = {run.plan: run for run in runs if not run.finished_at}
    wanted = {"run_ids": [run.id for run in newest.values()], "problems": True}
    problems = db.fetch_all(conn, "api/quality/results.sql", wanted)
    marks = db.fetch_all(conn, "api/quality/history.sql", HISTORY)
    return [
        shapes.PlanStanding(
            plan=plan,
            newest=newest.get(plan),
            begun=begun.get(plan),
            late_hours=_late_hours(newest.get(plan), now),
            problems=[shapes.result(row) for row in problems if plan in newest and row["run_id"] == newest[plan].id],
            history=[shapes.Mark(**row) for row in marks if row["plan"] == plan],
        )
        for plan in Plan
    ]


def _late_hours(run: shapes.Run | None, now: datetime) -> float | None:
    if run is None or run.finished_at is None:
        return None
    late = standing.late_by(run.plan, run.window_end, run.finished_at, now)
    return None if late is None else round(late.total_seconds() / 3600, 1)


def _pages(rows: Iterable[Row]) -> dict[str, str]:
    return airflow_runs.pages_of({row["dag_run_id"] for row in rows if row["dag_run_id"]})
