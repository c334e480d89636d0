"""What happens when a DAG run fails: it is said in the log and, where it can be, in Slack."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


def report_failure(context: Context) -> None:
    """Report a failed DAG run. It goes past the outbox, which may be what failed; it never raises."""
    run = context.get("dag_run")
    text = f"DAG run failed: {run.dag_id} / {run.run_id}" if run else "A DAG run of SMS monitoring failed"
    log.error("%s (%s)", text, context.get("reason", "see its task logs"))
    try:
        from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

        SlackWebhookHook(slack_webhook_conn_id="sms_monitoring_slack", timeout=10).send(text=f":rotating_light: {text}")
    except Exception as error:
        log.error("could not say so in Slack: %s", type(error).__name__)
