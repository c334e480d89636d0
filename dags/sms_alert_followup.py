"""### Alerts, between the hours

Every five minutes: announces incidents whose silence or mute window is over, repeats those that last, escalates those
that nobody acknowledged in time, tells what people did through the SQL functions (acknowledged, resolved, escalated),
and tries again what could not be delivered: one `dispatch` task for each channel that has something due, none when
nothing is. It evaluates nothing; `sms_hourly_monitoring` does.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, TriggerRule, task
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
    follow_up = task(tasks.follow_up, task_id="follow_up", retries=0)
    # Also where the follow-up failed: what is in the outbox goes out.
    find_channels = task(
        tasks.find_channels_due, task_id="find_channels_due", retries=0, trigger_rule=TriggerRule.ALL_DONE
    )
    dispatch = task(tasks.dispatch_due, task_id="dispatch", retries=0)
    fail_if_any_failed = task(
        tasks.fail_run, task_id="fail_if_any_failed", trigger_rule=TriggerRule.ONE_FAILED, retries=0
    )

    channels = find_channels()
    follow_up() >> channels
    dispatch.expand(channel=channels)
    dag.tasks >> fail_if_any_failed()
