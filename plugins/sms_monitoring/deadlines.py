"""Deadline alerts: a run that hangs is told of while it hangs, before it fails.

The scheduler notices that a deadline passed, the triggerer runs :func:`report_late`: it needs neither a free worker
slot nor the metrics database. A dead scheduler or triggerer says nothing: that is what the heartbeat and the watchdog
are for. Read while DAGs are parsed, so: light, and environment variables only.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sms_monitoring import direct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk.definitions.deadline import DeadlineAlert

    from sms_monitoring.notify.message import Link, Message

log = logging.getLogger(__name__)

# A run takes a minute or two; at 55 it is timed out and reported as failed.
DEFAULT_MINUTES = 30.0
ENDED = ("success", "failed")


def deadline() -> timedelta:
    """How long after it was queued an hourly run must be done: ``SMS_MONITORING_DEADLINE_MINUTES``, or 30 minutes.

    :raises ValueError: when the variable is no number of minutes above 0.
    """
    configured = os.environ.get("SMS_MONITORING_DEADLINE_MINUTES") or str(DEFAULT_MINUTES)
    try:
        minutes = float(configured)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 24 * 60:
        raise ValueError(f"SMS_MONITORING_DEADLINE_MINUTES is {configured!r}, not a number of minutes like 30")
    return timedelta(minutes=minutes)


def hourly_deadline() -> DeadlineAlert:
    """The argument ``deadline=`` of the hourly DAG.

    Counted from when the run was queued, not from its hour: after an outage the hours that are caught up with are
    late by their nature, and that they come at all is no news.
    """
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=deadline(),
        callback=AsyncCallback(report_late),
        name="sms_hourly_monitoring_late",
    )


def dedup_key(dag_id: str) -> str:
    """One incident for each DAG: it is late, then fails, then works again."""
    return f"sms-monitoring/dag/{dag_id}"[:255]


async def report_late(context: dict[str, Any]) -> str:
    """Tell PagerDuty and Slack of a run that is not done by its deadline; by e-mail where neither takes it.

    :param context: as Airflow hands it to a deadline's callback: ``dag_run`` as its API shows it, and ``deadline``.
    :returns: what came of it; Airflow keeps it as the callback's output.
    """
    from sms_monitoring.runs import FRESHNESS_LIMIT

    run, now = context["dag_run"], datetime.now(UTC)
    if run.get("state") in ENDED:
        return f"not told: the run has ended ({run['state']})"
    if run.get("run_type") != "scheduled":
        return f"not told: a {run.get('run_type')} run"
    if (hour_end := _moment(run.get("data_interval_end"))) and now - hour_end > FRESHNESS_LIMIT:
        return "not told: an hour of the past"
    # In a thread: the channels block, and the triggerer's event loop is everybody's.
    outcome = await asyncio.to_thread(direct.tell, late_message(run, now), ("pagerduty", "slack"), "email")
    return ", ".join(f"{channel}: {said}" for channel, said in outcome.items())


def late_message(run: Mapping[str, Any], now: datetime) -> Message:
    """What is said of a run that is late.

    :param run: a DAG run as Airflow's API shows it.
    """
    from sms_monitoring.notify.message import Event, Message, Severity

    dag_id, run_id = str(run["dag_id"]), str(run.get("dag_run_id") or run.get("run_id"))
    queued_at, hour_end = _moment(run.get("queued_at")), _moment(run.get("data_interval_end"))
    since = f" It was queued at {queued_at:%H:%M} UTC, {_minutes(now - queued_at)} ago." if queued_at else ""
    facts = [("DAG", dag_id), ("Run", run_id), ("State", str(run.get("state")))]
    if hour_end:
        facts.append(("Its hour ended", f"{hour_end:%Y-%m-%d %H:%M} UTC"))
    return Message(
        event=Event.TRIGGER,
        severity=Severity.CRITICAL,
        alert_type="dag_run_late",
        entity=dag_id,
        dedup_key=dedup_key(dag_id),
        title="A DAG run of SMS monitoring is late",
        summary=f"{dag_id}, run {run_id}, is not done.{since} Until then nothing of its hour is judged.",
        occurred_at=now,
        facts=tuple(facts),
        links=links_to(dag_id, run_id),
    )


def links_to(dag_id: str, run_id: str) -> tuple[Link, ...]:
    """Where a run is seen, by its names alone; none where Airflow's address is not known."""
    from types import SimpleNamespace

    from sms_monitoring.runs import run_links

    context: Any = {"dag_run": SimpleNamespace(dag_id=dag_id, run_id=run_id)}
    return run_links(context)


def _minutes(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) and text else None
