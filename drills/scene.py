"""What the drills happen in: Airflow, a metrics database on a server of its own, a product that goes on, receivers."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills import intervals
from drills.heard import pings, silences, told
from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.local import databases, environment
from sms_monitoring.local.chain import HOURLY
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.processes import TETHER
from sms_monitoring.local.receivers.connections import CHECKS, WATCHDOG_CHECK
from sms_monitoring.local.runs import await_scheduled_runs
from sms_monitoring.local.stack import Stack
from sms_monitoring.simulator import Scenario, advance, simulate, users_for
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from os import PathLike

    from drills.model import Told
    from sms_monitoring.db import Connection
    from sms_monitoring.local.progress import Steps

WATCHDOG = "sms_watchdog"
# What runs by the clock besides; the watchdog looks after these.
SCHEDULED = (
    HOURLY,
    "sms_alert_followup",
    "sms_daily_digest",
    "sms_daily_quality",
    "sms_daily_retention",
    "sms_weekly_silence_review",
)
# Far enough back for "the same hour of past weeks", and enough traffic that no rate is judged on a handful.
HISTORY_DAYS = 22
MESSAGES_PER_DAY = 3_000
POLL_SECONDS = 1.0
TRAFFIC_EVERY = timedelta(seconds=10)


@dataclass(slots=True)
class Scene:
    """All that a drill can break, and the ear at the receivers.

    :param metrics: the server of the metrics database; Airflow's own is another one, of the stack.
    :param titles: title → alert type, to read messages by.
    """

    stack: Stack
    metrics: EmbeddedPostgres
    titles: Mapping[str, str]
    scenario: Scenario
    _outpost: _Outpost | None = None
    _traffic_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection to the metrics database."""
        with db.connect(self.stack.metrics_uri) as conn:
            yield conn

    def run_sql(self, name: str, params: Mapping[str, Any] | None = None) -> None:
        """Run ``drills/sql/<name>.sql`` on the metrics database; ``params`` are bound by the client."""
        from psycopg import ClientCursor

        with self.database() as conn:
            ClientCursor(conn).execute(drill_sql(name), params)

    def heard(self, since: datetime) -> list[Told]:
        """All that anybody was told from ``since`` on, oldest first."""
        records = self.stack.receivers.received()
        outside = silences(
            pings(records, CHECKS[WATCHDOG_CHECK]), CHECKS[WATCHDOG_CHECK], intervals.SILENCE, datetime.now(UTC)
        )
        return sorted(
            (one for one in (*told(records, self.titles), *outside) if one.at >= since), key=lambda one: one.at
        )

    def listen(self, since: datetime, limit: timedelta, until: Callable[[list[Told]], bool]) -> list[Told]:
        """What was told from ``since`` on, as soon as ``until`` says that it is enough, or at the limit from now."""
        deadline = time.monotonic() + limit.total_seconds()
        while True:
            self.go_on()
            heard = self.heard(since)
            if until(heard) or time.monotonic() > deadline:
                return heard
            time.sleep(POLL_SECONDS)

    def go_on(self) -> None:
        """What happens by itself: the product sends messages, and whoever watches from elsewhere looks."""
        now = datetime.now(UTC)
        if now - self._traffic_at >= TRAFFIC_EVERY and self.metrics.is_running():
            self._traffic_at = now
            with self.database() as conn:
                self.scenario = advance(conn, self.scenario, now).scenario
        if self._outpost:
            self._outpost.look()

    @contextmanager
    def watched_from_elsewhere(self) -> Iterator[None]:
        """While the block lasts, the watchdog also runs without Airflow, as from cron on another machine."""
        self._outpost = _Outpost(self.stack)
        try:
            yield
        finally:
            outpost, self._outpost = self._outpost, None
            outpost.leave()

    def newest_scheduled_run(self) -> str:
        """The id of the newest scheduled run of the hourly DAG."""
        return [str(run["dag_run_id"]) for run in self.stack.api.runs(HOURLY) if run["run_type"] == "scheduled"][-1]


@dataclass(slots=True)
class _Outpost:
    """Runs ``python -m sms_monitoring watchdog`` every so often, with a home of its own."""

    stack: Stack
    _process: subprocess.Popen[bytes] | None = None
    _looked_at: datetime | None = None

    def look(self) -> None:
        """Start it again, if it is time and the last one is done."""
        now = datetime.now(UTC)
        busy = self._process is not None and self._process.poll() is None
        if busy or (self._looked_at and now - self._looked_at < intervals.OUTPOST):
            return
        layout = self.stack.layout
        home = layout.local / "outpost"
        home.mkdir(exist_ok=True)
        # The connections come from the environment, and Airflow's own database is not asked.
        variables = self.stack.exports | {"AIRFLOW_HOME": str(home)}
        with (layout.logs / "outpost.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    sys.executable,
                    "-S",
                    str(TETHER),
                    str(_own_pid()),
                    sys.executable,
                    "-m",
                    "sms_monitoring",
                    "watchdog",
                ],
                env=environment.child_environment(layout, variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._looked_at = now

    def leave(self) -> None:
        """Let the one at work finish."""
        if self._process is not None:
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@contextmanager
def scene(steps: Steps, state: str = ".local/drills") -> Iterator[Scene]:
    """A healthy system with some weeks of history, whose watchdog has looked once; everything stops at the end.

    :param state: the folder of all it makes, below the checkout.
    """
    layout = Layout(Layout.of_this_checkout().root, state)
    metrics = EmbeddedPostgres(layout.local / "metrics-postgres")
    titles = known_titles()
    newest = floor_hour(datetime.now(UTC))
    try:
        with steps.step("Starting the metrics database's own PostgreSQL"):
            metrics.start()
            uri = databases.prepare_metrics(metrics, fresh=True)
        scenario = _history(steps, uri, newest)
        with Stack(layout, steps, metrics_uri=uri) as stack:
            stack.postgres.start()
            stack.start_receivers(fresh=True)
            forget_state(layout.airflow_home, layout.local / "outpost")
            stack.start_airflow(
                fresh=True,
                start_date=newest - HOUR,
                extra={
                    "SMS_MONITORING_WATCHDOG_CRON": intervals.WATCHDOG_CRON,
                    "AIRFLOW__CORE__MAX_TASK_RETRY_DELAY": str(intervals.RETRY_AFTER),
                },
            )
            stack.wait_for_airflow({*SCHEDULED, WATCHDOG})
            made = Scene(stack, metrics, titles, scenario)
            made.run_sql(
                "quick_to_tell", {"stuck_after": intervals.STUCK_AFTER_MINUTES, "alert_types": list(titles.values())}
            )
            await_scheduled_runs(stack, SCHEDULED, "The scheduler runs the newest hour and the daily work")
            made.go_on()
            await_scheduled_runs(stack, [WATCHDOG], "The watchdog looks for the first time")
            yield made
    finally:
        metrics.stop()


def known_titles() -> dict[str, str]:
    """Title → alert type of all that may be told."""
    from sms_monitoring.notify import undelivered
    from sms_monitoring.operators import alert_types

    ours = {alert.title: alert.name for alert in alert_types()}
    return ours | {
        undelivered.TITLE: undelivered.ALERT_TYPE,
        "A DAG run of SMS monitoring failed": "dag_run_failed",
    }


def drill_sql(name: str) -> bytes:
    """The text of ``drills/sql/<name>.sql``."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_bytes()


def forget_state(*homes: PathLike[str]) -> None:
    """Forget what the watchdog of an earlier run had told."""
    for home in homes:
        (Path(home) / "sms_monitoring" / "watchdog.json").unlink(missing_ok=True)


def _history(steps: Steps, uri: str, newest: datetime) -> Scenario:
    """Weeks of quiet traffic up to now, aggregated but for the newest hour, which the scheduler is to run."""
    start = newest - timedelta(days=HISTORY_DAYS)
    scenario = Scenario(
        seed=7,
        start=start,
        until=datetime.now(UTC),
        users=users_for(MESSAGES_PER_DAY),
        messages_per_day=MESSAGES_PER_DAY,
    )
    with steps.step(f"{HISTORY_DAYS} days of history"), db.connect(uri) as conn:
        scenario = simulate(conn, scenario).scenario
        for family in FAMILIES:
            aggregate_range(conn, family, Window(start, newest - HOUR))
        refresh_views(conn)
        conn.execute("ANALYZE")
    return scenario


def _own_pid() -> int:
    import os

    return os.getpid()
