"""### Recompute any range of hours

Aggregates the hours from **start** to **end** again, from the product's rows as they are now, in one set-based
run: a year costs one run, not 8,760. Use it for the history of a new installation, and after the product
corrected old rows. It evaluates no alerts and notifies nobody. Hours whose raw rows retention has dropped are
refused. A killed or failed run goes on where it stopped when its task is cleared.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task, task_group

from sms_monitoring import tasks
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.dag_defaults import EPOCH, dag_args

with DAG(
    "sms_recompute_range",
    schedule=None,
    start_date=EPOCH,
    catchup=False,
    params={
        "start": Param(
            type="string", format="date-time", title="Start", description="First hour, e.g. 2026-11-01T00:00:00Z"
        ),
        "end": Param(type="string", format="date-time", title="End", description="Up to, not including, this hour"),
    },
    **dag_args(doc=__doc__, timeout=timedelta(hours=12), tags=["maintenance"]),
) as dag:

    @task_group
    def aggregate() -> None:
        """The product's rows → hours, one task a metric family."""
        for family in FAMILIES:
            task(tasks.recompute_family, task_id=family, execution_timeout=timedelta(hours=11))(
                family, start="{{ params.start }}", end="{{ params.end }}"
            )

    aggregate() >> task(tasks.refresh_views)()
