"""### Send a test alert

Puts a test message for one **channel** in the outbox and delivers it, the way real alerts go. A missing or wrong
connection fails here, with how to set it, rather than at three in the morning. On PagerDuty it opens an incident of
severity info, to be resolved there.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task

from sms_monitoring import tasks
from sms_monitoring.dag_defaults import EPOCH, dag_args
from sms_monitoring.notify.channels import channel_names

with DAG(
    "sms_send_test_alert",
    schedule=None,
    start_date=EPOCH,
    catchup=False,
    params={
        "channel": Param(
            channel_names()[0], type="string", enum=channel_names(), title="Channel", description="Where to send it"
        ),
    },
    **dag_args(doc=__doc__, timeout=timedelta(minutes=15), tags=["maintenance"]),
) as dag:
    enqueue = task(tasks.enqueue_test_alert, task_id="enqueue_test_alert")
    deliver = task(tasks.deliver_now, task_id="deliver_now", retries=0)
    enqueue("{{ params.channel }}") >> deliver("{{ params.channel }}")
