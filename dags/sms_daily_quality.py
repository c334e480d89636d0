"""### Data quality, all of it, once a day

`check_everything` runs every check of the metrics tables, the alert tables and the product's source views over the last
90 days and writes **Data Docs** (linked below). What it finds is in `sms_quality_runs` and
`sms_quality_results`; a critical check that fails is told by the alert `data_quality_critical` with the next hour.

- A failed check is stored, not raised: the task is red only when checks could not be run.
- **Trigger** it after a repair to see that the repair holds. The hourly gate is a task of `sms_hourly_monitoring`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args

with DAG(
    "sms_daily_quality",
    # After the hourly run of its hour, and before people come to work in most places.
    schedule=CronTriggerTimetable("40 3 * * *", timezone="UTC"),
    start_date=EPOCH,
    catchup=False,
    max_active_runs=1,
    **dag_args(doc=__doc__, timeout=timedelta(hours=1), tags=["daily"]),
) as dag:
    task(tasks.check_quality_fully, task_id="check_everything")()
