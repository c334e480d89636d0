"""### SMS monitoring, every hour

`aggregate` (one task a metric family) → `refresh_views` → `check_quality` (is the hour to be trusted?) → `evaluate`
(one task an alert type) → `follow_up` (repeats, escalations, what was held back) → `dispatch` (one task a channel) →
`send_heartbeat` (all of it worked).

- Every task is safe to run again, in any order, at any time. **Clear** a task to repeat it.
- **Backfill** old hours from the UI or with `airflow backfill create`: they are aggregated and their alerts
  evaluated for the record; nobody is notified. For long ranges, `sms_recompute_range` is much faster.
- A family, an alert type or a channel that fails stops none of the others; the run is marked failed at its end.
- An hour whose data fails a critical check is not judged: alerts on it have *no data*, and its owner is told.
- A run that takes more than half an hour is reported while it still runs. When no run ends well, no heartbeat is
  sent, and the service that waits for it outside reports that.
- Thresholds are rows of `sms_alert_thresholds`; what happened is in `sms_alert_evaluations`, `sms_alert_transitions`,
  `sms_alert_history` and `sms_alert_notifications`. `sms_alert_followup` sees to the minutes between two hours.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, TriggerRule, task, task_group
from airflow.timetables.interval import CronDataIntervalTimetable

from sms_monitoring import tasks
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.dag_defaults import catches_up, dag_args, start_date
from sms_monitoring.deadlines import hourly_deadline
from sms_monitoring.notify.channels import channel_names
from sms_monitoring.operators import alert_operators

# Others can schedule on these: they are updated once a run's hour is complete.
HOURLY_METRICS = Asset(name="sms_metrics_hourly", uri="x-sms-monitoring://sms_metrics_hourly")
DAILY_METRICS = Asset(name="sms_metrics_daily", uri="x-sms-monitoring://sms_metrics_daily")

# What stands after a failed task still runs: late numbers are better than none, and none has a state of its own.
REGARDLESS = TriggerRule.ALL_DONE

with DAG(
    "sms_hourly_monitoring",
    schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
    start_date=start_date(),
    catchup=catches_up(),
    max_active_runs=1,
    deadline=hourly_deadline(),
    **dag_args(doc=__doc__, timeout=timedelta(minutes=55), tags=["hourly"]),
) as dag:

    @task_group
    def aggregate() -> None:
        """The product's rows → hours, one task a metric family."""
        for family in FAMILIES:
            task(tasks.aggregate_family, task_id=family)(family)

    refresh_views = task(tasks.refresh_views, trigger_rule=REGARDLESS, outlets=[HOURLY_METRICS, DAILY_METRICS])

    check_quality = task(tasks.check_quality, trigger_rule=REGARDLESS)

    @task_group
    def evaluate() -> None:
        """Thresholds against the hour, one task an alert type."""
        for operator in alert_operators():
            operator(trigger_rule=REGARDLESS)

    follow_up = task(tasks.follow_up, trigger_rule=REGARDLESS)

    @task_group
    def dispatch() -> None:
        """The outbox → people, one task a channel, so that one channel's outage holds back no other."""
        for channel in channel_names():
            task(tasks.dispatch_channel, task_id=channel, trigger_rule=REGARDLESS, retries=3)(channel)

    # Only of a run in which nothing failed; history is skipped.
    send_heartbeat = task(
        tasks.send_heartbeat,
        trigger_rule=TriggerRule.NONE_FAILED,
        retries=3,
        execution_timeout=timedelta(minutes=1),
    )

    # Trigger rules above let the run go on after a failure; this makes the run's colour tell of it.
    fail_if_any_failed = task(
        tasks.fail_run, task_id="fail_if_any_failed", trigger_rule=TriggerRule.ONE_FAILED, retries=0
    )

    aggregated, dispatched = aggregate(), dispatch()
    aggregated >> refresh_views() >> check_quality() >> evaluate() >> follow_up() >> dispatched
    dag.tasks >> send_heartbeat()
    dag.tasks >> fail_if_any_failed()
