"""### Retention

Makes partitions for the days to come; archives (where the Airflow variable `sms_monitoring_archive_url` names an
object storage path) and drops those older than `keep_days` in `sms_retention_policies`. Nothing is ever deleted
row by row. `sms_metrics` is kept 90 days unless you change its row.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args

with DAG(
    "sms_daily_retention",
    schedule=CronTriggerTimetable("30 3 * * *", timezone="UTC"),
    start_date=EPOCH,
    catchup=False,
    max_active_runs=1,
    **dag_args(doc=__doc__, timeout=timedelta(hours=6), tags=["daily", "maintenance"]),
) as dag:
    # Neither waits for the other: a policy that breaks one must not stop the other.
    task(tasks.make_partitions_ahead, task_id="make_partitions_ahead")()
    task(tasks.retire_partitions, task_id="retire_partitions", execution_timeout=timedelta(hours=5))()
