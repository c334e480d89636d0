"""### The monitor of the monitor

Every ten minutes (`SMS_MONITORING_WATCHDOG_CRON`): are hours aggregated, is the daily view refreshed, is every alert
evaluated, do notifications go out, are partitions made ahead, do the DAGs run, do the sources still speak, do the
clocks agree, are the quality checks run? What is not well opens an incident like any other alert, and is delivered in
the same pass, by a way that does not depend on what is broken:

- An incident about a channel is told in its fallback channel too.
- What the database or the outbox cannot carry is paged directly: PagerDuty, else Slack, else e-mail.

The task fails only when nobody could be told. Without Airflow: `python -m sms_monitoring watchdog`.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args

with DAG(
    "sms_watchdog",
    schedule=CronTriggerTimetable(os.environ.get("SMS_MONITORING_WATCHDOG_CRON") or "*/10 * * * *", timezone="UTC"),
    start_date=EPOCH,
    catchup=False,
    max_active_runs=1,
    **dag_args(doc=__doc__, timeout=timedelta(minutes=12), tags=["alerts"]),
) as dag:
    # One task, so that nothing can come between seeing and telling. The next run is never far: none is retried.
    watch = task(tasks.watch, task_id="watch", retries=0, execution_timeout=timedelta(minutes=8))
    send_heartbeat = task(
        tasks.send_watchdog_heartbeat, task_id="send_heartbeat", retries=0, execution_timeout=timedelta(minutes=1)
    )
    watch() >> send_heartbeat()
