"""An installation at work for a day and six hours, a night among them: the watchdog finds nothing."""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring import db as sms_db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, refresh_views
from sms_monitoring.operators import alert_operators
from sms_monitoring.retention.pipeline import make_partitions_ahead
from sms_monitoring.simulator.run import simulate
from sms_monitoring.simulator.scenario import Scenario
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from sms_monitoring.watchdog import airflow_dags
from sms_monitoring.watchdog.run import watch
from sms_monitoring.watchdog.types import WATCHES
from tests.watchdog.rows import evaluated, quality_run, real_now

HOURS = 30
# The database's clock cannot be set back with the hours.
SOME = [alert for alert in WATCHES if alert.name != "clock_skew"]


def test_clean_hours(db, database_uri, no_connections):
    until = floor_hour(real_now())
    simulate(db, Scenario(seed=7, start=until - timedelta(days=22), until=until, users=400, messages_per_day=1500))
    db.execute("UPDATE sms_alert_thresholds SET created_at = %s", (until - timedelta(days=22),))
    db.execute("UPDATE sms_alert_thresholds SET enabled = false WHERE alert_type = 'clock_skew'")

    for number in range(HOURS):
        end = until - (HOURS - 1 - number) * HOUR
        # Just before the hourly run is done, and just before the next one begins.
        for minutes, is_done in ((4, False), (58, True)):
            now = end + timedelta(minutes=minutes)
            if is_done or number == 0:
                for family in FAMILIES:
                    aggregate_hour(db, family, Window(end - HOUR, end))
                refresh_views(db)
                quality_run(db, "gate", end + timedelta(minutes=6))
                for operator in alert_operators():
                    evaluated(db, operator.alert.name, now)
            if end.hour == 3 or number == 0:
                make_partitions_ahead(db, now.date())
                quality_run(db, "full", now)
            if number % 2 == is_done:
                continue

            def note(conn, now=now):
                statuses = [airflow_dags.DagStatus(dag_id=name, is_paused=False) for name in airflow_dags.SCHEDULED]
                airflow_dags.save(conn, statuses, now)

            report = watch(lambda: sms_db.connect(database_uri), lambda now=now: now, watches=SOME, before=note)
            assert report.as_dict() == {"firing": [], "sent": {}, "troubles": [], "untold": []}, f"at {now}"
            assert set(report.outcomes) == {alert.name for alert in SOME}

    # It was not blind, either.
    states = {(outcome.entity, outcome.state) for outcomes in report.outcomes.values() for outcome in outcomes}
    assert {("source_messages", "ok"), ("sms_metrics", "ok"), ("delivery", "ok"), ("gate", "ok")} <= states
