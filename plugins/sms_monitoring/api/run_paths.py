"""Where Airflow's own pages show the run and the task behind a number."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote

from sms_monitoring.api.access import WATCHED_DAG

if TYPE_CHECKING:
    from datetime import datetime


def run_path(hour_end: datetime) -> str:
    """The scheduled run of the hour that ends at ``hour_end``, relative to Airflow's address: no slash in front.

    The run is named after the end of its data interval; one that a person started by hand has another name.
    """
    run_id = f"scheduled__{hour_end.astimezone(UTC).isoformat()}"
    return f"dags/{WATCHED_DAG}/runs/{quote(run_id, safe='')}"


def evaluation_path(hour_end: datetime, alert_type: str) -> str:
    """The task of that run that judged ``alert_type``, which opens on its log."""
    return f"{run_path(hour_end)}/tasks/evaluate.{quote(alert_type, safe='')}"
