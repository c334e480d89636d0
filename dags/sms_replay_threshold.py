"""### Try a threshold before you set it

Runs a proposed threshold over the stored history, hour by hour, with the alert engine's own decisions, and answers:
how often and for how long would it have fired, which known incidents would it have caught or missed, how many
messages would it have sent. Beside it stands what the threshold as it is now would have done over the same hours.
Nothing live is touched, and nobody is notified.

**threshold_value** is the proposal; empty: as it is now. **changes** proposes other columns of
`sms_alert_thresholds`, for example `{"pending_evaluations": 2, "cooldown_minutes": 120}`; they must be values that the
table takes. **start** and **end** are by default the last 30 days.

The result stands as a table in the task's log and in its tab *Rendered Templates*, as JSON in its XCom, and with its
chart in `sms_threshold_replays`. With an address in **email_to** the table and the chart come by mail.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from sms_monitoring.dag_defaults import EPOCH, dag_args
from sms_monitoring.operators import alert_operators
from sms_monitoring.replay.operator import ReplayThresholdOperator

ALERT_TYPES = [operator.alert.name for operator in alert_operators()]

with DAG(
    "sms_replay_threshold",
    schedule=None,
    start_date=EPOCH,
    catchup=False,
    params={
        "alert_type": Param(ALERT_TYPES[0], type="string", enum=ALERT_TYPES, title="Alert type"),
        "threshold_value": Param(
            None, type=["null", "number"], title="Threshold value", description="Empty: as it is now"
        ),
        "changes": Param(
            {},
            type=["null", "object"],
            title="Other changes",
            description='Columns of sms_alert_thresholds, e.g. {"pending_evaluations": 2}',
        ),
        "start": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Start",
            description="First hour; empty: 30 days before the end",
        ),
        "end": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="End",
            description="Up to, not including, this hour; empty: the newest complete hour",
        ),
        "email_to": Param(
            None,
            type=["null", "string"],
            maxLength=1000,
            title="E-mail to",
            description="Who gets table and chart; empty: nobody",
        ),
    },
    **dag_args(doc=__doc__, timeout=timedelta(hours=1), tags=["alerts"]),
) as dag:
    ReplayThresholdOperator(task_id="replay", execution_timeout=timedelta(minutes=45))
