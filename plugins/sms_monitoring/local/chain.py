"""The whole chain once, on real parts: simulated traffic → recomputed history → the newest hour → daily work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from sms_monitoring import db
from sms_monitoring.links import API, DASHBOARD
from sms_monitoring.local.errors import LocalStackError
from sms_monitoring.local.outcome import InjectedIncident, Outcome, read_outcome
from sms_monitoring.local.receivers.connections import CHECKS, HOURLY_CHECK
from sms_monitoring.local.runs import await_all_runs, await_scheduled_runs, run_backfill, run_dag
from sms_monitoring.simulator import simulate
from sms_monitoring.simulator.scenario import demo_scenario
from sms_monitoring.timeframe import HOUR, floor_hour

if TYPE_CHECKING:
    from sms_monitoring.local.airflow_api import Json
    from sms_monitoring.local.stack import Stack
    from sms_monitoring.simulator.scenario import Scenario

HOURLY = "sms_hourly_monitoring"
RECOMPUTE = "sms_recompute_range"
DIGEST = "sms_daily_digest"
RETENTION = "sms_daily_retention"
FOLLOW_UP = "sms_alert_followup"
SILENCES = "sms_weekly_silence_review"
REPLAY = "sms_replay_threshold"
TEST_ALERT = "sms_send_test_alert"
QUALITY = "sms_daily_quality"
WATCHDOG = "sms_watchdog"
# Of the API: what the page asks for first, and what links lead to.
SEEN_BY_USERS = (
    "health",
    "me",
    "overview",
    "summary",
    "incidents?state=open",
    "charts/delivery_rate",
    "dashboard/",
    "catalogue",
    "quality",
    "quality/docs/",
    "runbooks/delivery_rate_critical",
)
ALERT_THAT_FIRES = "delivery_rate_critical"
DAG_IDS = (HOURLY, RECOMPUTE, DIGEST, RETENTION, FOLLOW_UP, SILENCES, REPLAY, TEST_ALERT, QUALITY, WATCHDOG)


def run_chain(stack: Stack) -> Outcome:
    """Start the stack afresh and run the chain; a failure on the way ends it early and is part of the outcome.

    :raises LocalStackError: when the stack does not come up.
    """
    newest_hour_end = floor_hour(datetime.now(UTC))
    scenario = demo_scenario(newest_hour_end)
    stack.start_databases(fresh=True)
    stack.start_receivers(fresh=True)
    stack.start_airflow(fresh=True, start_date=newest_hour_end - HOUR)
    _write_history(stack, scenario)
    stack.wait_for_airflow(DAG_IDS)

    failures: list[str] = []
    try:
        runs = _run_dags(stack, scenario, newest_hour_end)
        failures += _look_at_the_dashboard(stack, runs)
        failures += _listen_for_heartbeats(stack, runs)
    except LocalStackError as error:
        failures.append(str(error))
        runs = _runs_so_far(stack)
    with stack.steps.step("Reading what happened"), db.connect(stack.metrics_uri) as conn:
        failures += [
            f"the {run['plan']} checks up to {run['window_end']:%d. %H:%M} came to {run['verdict']}: {run['checks']}"
            for run in db.fetch_all(conn, "local/failed_checks.sql")
        ]
        return read_outcome(
            conn,
            stack.receivers,
            expected_hours=round((newest_hour_end - floor_hour(scenario.start)) / HOUR),
            incidents=[InjectedIncident(str(each.kind), each.expected_alert_type) for each in scenario.incidents],
            runs=runs,
            failures=failures,
        )


def _write_history(stack: Stack, scenario: Scenario) -> None:
    days = round((scenario.until - scenario.start).total_seconds() / 86400)
    title = f"Simulating {days} days of SMS traffic with {len(scenario.incidents)} incidents"
    with stack.steps.step(title) as tell, db.connect(stack.metrics_uri) as conn:
        simulate(conn, scenario, lambda done, total: tell(f"day {done} of {total}"))
        # The watchdog would be right to say so, at another moment in each run.
        change = ("source_silent", "demo", Jsonb({"enabled": False}), "the simulated traffic ends when the demo starts")
        conn.execute("SELECT sms_alert_edit_threshold(%s, %s, %s, %s)", change)


def _run_dags(stack: Stack, scenario: Scenario, newest_hour_end: datetime) -> list[Json]:
    history = {"start": floor_hour(scenario.start).isoformat(), "end": (newest_hour_end - HOUR).isoformat()}
    run_dag(stack, RECOMPUTE, history, f"Recomputing the history ({RECOMPUTE})")
    await_scheduled_runs(stack, [HOURLY], f"The scheduler runs the newest hour ({HOURLY})")
    # Two hours in which everything went wrong: they must be aggregated and judged again, and page nobody.
    first, last = newest_hour_end - 3 * HOUR, newest_hour_end - 2 * HOUR
    run_backfill(stack, HOURLY, first, last, f"Backfilling two hours of the incidents ({HOURLY})")
    proposal = {"alert_type": "delivery_rate_critical", "threshold_value": 80}
    run_dag(stack, REPLAY, proposal, f"Trying another threshold over the history ({REPLAY})")
    # Of a DAG that does not catch up, the scheduler runs the last date that is due as soon as it is unpaused.
    others = [DIGEST, RETENTION, FOLLOW_UP, SILENCES, QUALITY]
    await_scheduled_runs(stack, others, "The scheduler runs digest, retention, follow-up, silence review and checks")
    await_scheduled_runs(stack, [WATCHDOG], f"The watchdog looks at it all ({WATCHDOG})")
    stack.api.unpause(TEST_ALERT)
    return await_all_runs(stack)


def _look_at_the_dashboard(stack: Stack, runs: list[Json]) -> list[str]:
    """What a user would miss: pages and numbers that do not come, a task that does not lead to its incident."""
    with stack.steps.step("Looking at the dashboard"):
        found = stack.api.refusals_of([f"/{API}/{path}" for path in SEEN_BY_USERS])
        [run] = [run["dag_run_id"] for run in runs if run["dag_id"] == HOURLY and run["run_type"] == "scheduled"][:1]
        links = stack.api.extra_links(HOURLY, run, f"evaluate.{ALERT_THAT_FIRES}")
        if not any(DASHBOARD in (link or "") and "incident=" in (link or "") for link in links.values()):
            found.append(f"the task evaluate.{ALERT_THAT_FIRES} does not lead to its incident: {links}")
        return found


def _listen_for_heartbeats(stack: Stack, runs: list[Json]) -> list[str]:
    """A live hour is a sign of life, the backfilled hours are none."""
    beats = [item["content"]["check"] for item in stack.receivers.received("heartbeat", accepted=True)]
    hourly = beats.count(CHECKS[HOURLY_CHECK])
    # Two, where an hour ended meanwhile.
    live = sum(run["dag_id"] == HOURLY and run["run_type"] == "scheduled" for run in runs)
    return [] if hourly == live else [f"the hourly runs sent {hourly} heartbeats for {live} live hours"]


def _runs_so_far(stack: Stack) -> list[Json]:
    try:
        return stack.api.runs()
    except LocalStackError:
        return []  # Airflow itself broke down; why is said already
