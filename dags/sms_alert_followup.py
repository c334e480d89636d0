"""### Alerts, between the hours

Every five minutes: announces incidents whose silence or mute window is over, repeats those that last, escalates those
that nobody acknowledged in time, tells what people did through the SQL functions (acknowledged, resolved, escalated),
and tries again what could not be delivered: one `dispatch` task for each channel that has something due, none when
nothing is. It evaluates nothing; `sms_hourly_monitoring` does.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args

with DAG(
    "sms_alert_followup",
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="UTC"),
    start_date=EPOCH,
    catchup=False,
    max_active_runs=1,
    **dag_args(doc=__doc__, timeout=timedelta(minutes=20), tags=["alerts"]),
) as dag:
    # The next run is never far: none of these is retried.
    due = task(tasks.follow_up, task_id="follow_up", retries=0)()
    task(tasks.dispatch_due, task_id="dispatch", retries=0).expand(channel=due)
