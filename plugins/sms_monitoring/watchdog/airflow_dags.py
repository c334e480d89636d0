"""What Airflow says of the bundle's DAGs, asked through the Task SDK: a task may not read Airflow's own database."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sms_monitoring import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sms_monitoring.db import Connection

log = logging.getLogger(__name__)

# The DAGs that run by the clock. The watchdog's own, paused, would not be there to say so.
SCHEDULED = (
    "sms_alert_followup",
    "sms_daily_digest",
    "sms_daily_quality",
    "sms_daily_retention",
    "sms_hourly_monitoring",
    "sms_weekly_silence_review",
)
# Enough to see that it is no accident.
RUNS_COUNTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DagStatus:
    """A row of ``sms_dag_status``, but for when it was observed.

    :param last_run_state: of the newest run that is over.
    :param failures_in_a_row: up to :data:`RUNS_COUNTED`, backfills aside.
    """

    dag_id: str
    is_paused: bool
    last_run_id: str | None = None
    last_run_state: str | None = None
    last_run_ended_at: datetime | None = None
    failures_in_a_row: int = 0


def look_at_dags(now: datetime, ask: Callable[[Any], Any] | None = None) -> list[DagStatus]:
    """The status of every DAG of :data:`SCHEDULED` that Airflow knows.

    :param ask: sends a request of the Task SDK and returns its answer; default: the running task's own.
    :raises RuntimeError: when Airflow answers for none of them.
    """
    ask = ask or _supervisor()
    found: list[DagStatus] = []
    for dag_id in SCHEDULED:
        try:
            found.append(_look_at(dag_id, now, ask))
        except Exception as error:
            # Not there (yet), or no answer: the others are looked at all the same.
            log.warning("Airflow says nothing of DAG %s: %s", dag_id, type(error).__name__)
    if not found:
        raise RuntimeError("Airflow answered for none of the DAGs that are watched")
    return found


def save(conn: Connection, statuses: Iterable[DagStatus], now: datetime) -> None:
    """Renew ``sms_dag_status``."""
    rows = [{**asdict(status), "observed_at": now} for status in statuses]
    db.execute_many(conn, "watchdog/save_dag_status.sql", rows)


def _look_at(dag_id: str, now: datetime, ask: Callable[[Any], Any]) -> DagStatus:
    from airflow.sdk.execution_time.comms import GetDag

    dag = ask(GetDag(dag_id=dag_id))
    runs = _ended_runs(dag_id, now, ask)
    failures = next((number for number, run in enumerate(runs) if run.state.value != "failed"), len(runs))
    newest = runs[0] if runs else None
    return DagStatus(
        dag_id=dag_id,
        is_paused=dag.is_paused,
        last_run_id=newest.run_id if newest else None,
        last_run_state=newest.state.value if newest else None,
        last_run_ended_at=newest.end_date if newest else None,
        failures_in_a_row=failures,
    )


def _ended_runs(dag_id: str, now: datetime, ask: Callable[[Any], Any]) -> list[Any]:
    """The newest runs that are over, newest first, up to the newest that succeeded."""
    from airflow.sdk.execution_time.comms import GetPreviousDagRun

    # A run's logical date may lie ahead of a clock that is behind.
    before = now + timedelta(days=1)
    runs: list[Any] = []
    # As many again may still be running, or be a backfill's.
    for _ in range(2 * RUNS_COUNTED):
        run = ask(GetPreviousDagRun(dag_id=dag_id, logical_date=before)).dag_run
        if run is None or len(runs) == RUNS_COUNTED:
            break
        before = run.logical_date
        if run.state.value in ("success", "failed") and run.run_type.value != "backfill":
            runs.append(run)
            if run.state.value == "success":
                break
    return runs


def _supervisor() -> Callable[[Any], Any]:
    from airflow.sdk.execution_time import task_runner

    # Raises where Airflow answers with an error: a DAG that it does not know.
    send: Callable[[Any], Any] = task_runner.SUPERVISOR_COMMS.send
    return send
