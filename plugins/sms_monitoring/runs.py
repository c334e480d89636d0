"""What a DAG run is about: its hour, and whether that hour is the present or history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from sms_monitoring import links
from sms_monitoring.notify.message import Link
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from airflow.sdk import Context

# A window that ended longer ago than this is history: evaluated and stored, but nobody is paged for it.
FRESHNESS_LIMIT = timedelta(hours=3)


def run_window(context: Context) -> Window:
    """The run's data interval; for a manual run without one, the newest complete hour.

    :raises ValueError: when the interval is not over yet: judged now, half an hour would pass for a whole one.
    """
    newest = floor_hour(datetime.now(UTC))
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start is None or end is None or start == end:
        return Window(newest - HOUR, newest)
    window = Window.covering(start.astimezone(UTC), end.astimezone(UTC))
    if window.end > newest:
        raise ValueError(
            f"the run's window, {window}, is not over yet; the newest complete hour ends at {newest:%H:%M} UTC"
        )
    return window


def is_history(context: Context, window_end: datetime, now: datetime) -> bool:
    """Whether the run must not page: a backfill, or an hour older than :data:`FRESHNESS_LIMIT`.

    Catch-up runs and cleared old runs keep the type "scheduled", so the age decides too.
    """
    return is_backfill(context) or now - window_end > FRESHNESS_LIMIT


def is_backfill(context: Context) -> bool:
    """Whether the run belongs to a backfill."""
    # A text that is an enumeration: equal to its value, but str() of it is "DagRunType.BACKFILL".
    return bool(context["dag_run"].run_type == "backfill")


def run_links(context: Context) -> tuple[Link, ...]:
    """Links to the dashboard and to the DAG run in the Airflow UI, where its address is configured."""
    base_url = links.airflow_url()
    if not base_url:
        return ()
    run = context["dag_run"]
    return (
        Link(label=links.DASHBOARD_LABEL, url=f"{base_url}{links.DASHBOARD}"),
        Link(label="DAG run", url=f"{base_url}dags/{quote(run.dag_id)}/runs/{quote(run.run_id, safe='')}"),
    )
