"""### Silences to review

Every Monday at 08:00 (zone: `SMS_MONITORING_TIMEZONE`): lists silences that outlived their reason (what they were made
for is resolved, or they last for more than a week), mute windows without an end or not reviewed for 90 days, and
silences that expire within a day while an incident they hold back is still open. The list is in the log and the result
of `review`; where it is not empty, **channel** is told, once a week however often this runs.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task
from airflow.timetables.trigger import CronTriggerTimetable

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args, timezone
from sms_monitoring.notify.channels import channel_names

with DAG(
    "sms_weekly_silence_review",
    schedule=CronTriggerTimetable("0 8 * * 1", timezone=timezone().key),
    start_date=EPOCH,
    catchup=False,
    params={
        "channel": Param(
            "slack", type="string", enum=channel_names(), title="Channel", description="Whom to tell of the list"
        ),
    },
    **dag_args(doc=__doc__, timeout=timedelta(hours=1), tags=["weekly", "maintenance"]),
) as dag:
    # An empty list skips what follows.
    review = task.short_circuit(task_id="review")(tasks.review_silences)
    deliver = task(tasks.deliver_now, task_id="deliver")
    review("{{ params.channel }}") >> deliver("{{ params.channel }}")
