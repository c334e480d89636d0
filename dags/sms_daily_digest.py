"""### The daily digest

Every morning at 07:00 (zone: `SMS_MONITORING_TIMEZONE`) an e-mail about yesterday: health, delivery, LLM quality
and cost, engagement, incidents, hours missing. It goes to the Airflow variable `sms_monitoring_digest_email_to`
(comma-separated) through the connection `sms_monitoring_smtp`, once per day and recipient list however often
this runs. Trigger it with a **date** to see another day.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args, timezone

with DAG(
    "sms_daily_digest",
    schedule=CronTriggerTimetable("0 7 * * *", timezone=timezone().key),
    start_date=EPOCH,
    catchup=False,
    params={
        "date": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Date",
            description="The day to report; empty: yesterday",
        ),
    },
    **dag_args(doc=__doc__, timeout=timedelta(hours=1), tags=["daily"]),
) as dag:
    task(tasks.send_daily_digest, task_id="send_digest", retries=5)()
