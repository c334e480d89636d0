"""What Airflow itself knows of the hourly DAG. Only for the API server: tasks may not read Airflow's database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

# Those that check data quality.
CHECKING_DAGS = ("sms_hourly_monitoring", "sms_daily_quality", "sms_recompute_range")


def is_paused(dag_id: str) -> bool | None:
    """Whether the DAG is paused; None where Airflow does not know it."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        paused: bool | None = session.scalar(select(DagModel.is_paused).where(DagModel.dag_id == dag_id))
    return paused


def page_of(dag_id: str, hour: datetime | None) -> str:
    """The page of the run whose data interval begins with ``hour``, else that of the DAG.

    Relative to Airflow's address, no slash in front. An hour that was recomputed has no run of its own.
    """
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    page = f"dags/{quote(dag_id)}"
    if hour is None:
        return page
    wanted = select(DagRun.run_id).where(DagRun.dag_id == dag_id, DagRun.logical_date == hour)
    with create_session() as session:
        run_id: str | None = session.scalar(wanted)
    return f"{page}/runs/{quote(run_id, safe='')}" if run_id else page


def pages_of(run_ids: Iterable[str]) -> dict[str, str]:
    """Run id → its page, of the runs of :data:`CHECKING_DAGS` that Airflow still knows; relative to its address."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    wanted = list(run_ids)
    if not wanted:
        return {}
    known = select(DagRun.dag_id, DagRun.run_id).where(DagRun.dag_id.in_(CHECKING_DAGS), DagRun.run_id.in_(wanted))
    with create_session() as session:
        found = session.execute(known).all()
    return {run_id: f"dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}" for dag_id, run_id in found}
