"""What happens when a DAG run fails: it is said in the log and, where it can be, in Slack."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


def report_failure(context: Context) -> None:
    """Report a failed DAG run. It goes past the outbox, which may be what failed; it never raises."""
    run = context.get("dag_run")
    dag_id, run_id = (run.dag_id, run.run_id) if run else ("unknown", "unknown")
    log.error("DAG run failed: %s / %s (%s)", dag_id, run_id, context.get("reason", "see its task logs"))
    try:
        _tell_slack(dag_id, run_id)
    except Exception as error:
        # A callback has nobody left to raise to. The exception's own words may hold the webhook's URL.
        log.error("could not say so in Slack: %s", type(error).__name__)


def _tell_slack(dag_id: str, run_id: str) -> None:
    from sms_monitoring.notify.channels import load_channel
    from sms_monitoring.notify.channels.base import ConfigurationError
    from sms_monitoring.notify.message import Event, Message, Severity

    message = Message(
        event=Event.TRIGGER,
        severity=Severity.CRITICAL,
        alert_type="dag_run_failed",
        entity=dag_id,
        dedup_key=f"sms-monitoring/{dag_id}/{run_id}"[:255],
        title="A DAG run of SMS monitoring failed",
        summary=f"{dag_id}, run {run_id}. What did not fail went on; the log of the red task says why.",
        occurred_at=datetime.now(UTC),
    )
    try:
        log.info("Slack: %s", load_channel("slack").send([message]))
    except ConfigurationError as error:
        log.error("could not say so in Slack: %s", error)
