"""The drills themselves: what is broken, who must be told, how it is mended."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from psycopg.types.json import Json

from drills import intervals
from drills.heard import pings
from drills.model import SILENCE, Expected
from sms_monitoring.local.chain import HOURLY
from sms_monitoring.local.receivers.connections import CHECKS
from sms_monitoring.local.stack import COMPONENTS
from sms_monitoring.notify.message import Event, Message, Severity
from sms_monitoring.sources import install_preset

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.scene import Scene

ROWS = 300
# An hour that does not come, as it is told with the intervals as shipped: 95 minutes after the end of the newest hour
# that did, which is up to an hour old when it begins; then the watchdog's next pass.
LATE_AS_SHIPPED = "35–105 min"
NEXT_LOOK = "≤ 10 min"
SILENT_AS_SHIPPED = "10–20 min"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One thing that is broken.

    :param trouble: what, in a few words.
    :param begin: breaks it; what it leaves in the stack is undone after the drill.
    :param mend: repairs it; None: nothing is repaired, and nobody is told of an end.
    :param tolerated: alert types of consequences that may be told besides, depending on the minute.
    :param afterwards: what is still wrong after the repair, a sentence each.
    :param told_within: how long is waited until all are told.
    """

    name: str
    trouble: str
    expected: tuple[Expected, ...]
    begin: Callable[[Scene, ExitStack], None]
    mend: Callable[[Scene], None] | None = None
    tolerated: frozenset[str] = frozenset()
    afterwards: Callable[[Scene], list[str]] = field(default=lambda _: [])
    told_within: timedelta = intervals.TOLD_WITHIN


def _do_nothing(_scene: Scene, _stack: ExitStack) -> None:
    """All is well."""


def _silent(scene: Scene) -> list[str]:
    """Those who should have given a sign of life by now, and have not."""
    records = scene.stack.receivers.received("heartbeat")
    return [f"{check} gave no sign of life" for check in CHECKS.values() if not pings(records, check)]


# ── The hourly DAG is paused ─────────────────────────────────────────────────────────────────


def _pause(scene: Scene, _stack: ExitStack) -> None:
    scene.stack.api.pause(HOURLY)
    _be_late_soon(scene)


def _unpause(scene: Scene) -> None:
    _be_late_as_shipped(scene)
    scene.stack.api.unpause(HOURLY)


# ── The outbox fills with what cannot be delivered ───────────────────────────────────────────


def _fill_outbox(scene: Scene, _stack: ExitStack) -> None:
    scene.stack.receivers.fail("slack", status=500)
    message = Message(
        event=Event.TRIGGER,
        severity=Severity.CRITICAL,
        alert_type="delivery_rate_critical",
        entity="",
        dedup_key="",
        title="SMS delivery rate is low",
        summary="A row of a fire drill.",
        occurred_at=datetime.now(UTC),
    )
    scene.run_sql("fill_outbox", {"rows": ROWS, "channel": "slack", "message": Json(message.to_json())})


def _let_slack_work(scene: Scene) -> None:
    scene.stack.receivers.recover("slack")
    scene.run_sql("try_again_now")


def _left_in_outbox(scene: Scene) -> list[str]:
    with scene.database() as conn:
        row = conn.execute(
            "SELECT count(*) FROM sms_alert_notifications WHERE status IN ('pending', 'sending', 'failed')"
        ).fetchone()
    scene.run_sql("over")
    left = row[0] if row else 0
    return [f"{left} notifications were not delivered after the channel worked again"] if left else []


# ── A source view is gone ────────────────────────────────────────────────────────────────────


def _drop_view(scene: Scene, _stack: ExitStack) -> None:
    with scene.database() as conn:
        conn.execute("DROP VIEW source_messages CASCADE")
    # The next full hour, now: the newest run once more.
    scene.stack.api.clear(HOURLY, scene.newest_scheduled_run())


def _make_view(scene: Scene) -> None:
    with scene.database() as conn:
        install_preset(conn, "buildos")
    scene.stack.api.clear(HOURLY, scene.newest_scheduled_run())


# ── Servers and processes die ────────────────────────────────────────────────────────────────


def _stop_metrics(scene: Scene, _stack: ExitStack) -> None:
    scene.metrics.stop()


def _start_metrics(scene: Scene) -> None:
    scene.metrics.start()


def _kill_scheduler(scene: Scene, stack: ExitStack) -> None:
    stack.enter_context(scene.watched_from_elsewhere())
    scene.stack.kill_component("scheduler")
    _be_late_soon(scene)


def _start_scheduler(scene: Scene) -> None:
    _be_late_as_shipped(scene)
    scene.stack.start_component("scheduler")


def _lose_everything(scene: Scene, stack: ExitStack) -> None:
    stack.enter_context(scene.watched_from_elsewhere())
    for component in COMPONENTS:
        scene.stack.kill_component(component)
    scene.metrics.stop()
    scene.stack.postgres.stop()


def _be_late_soon(scene: Scene) -> None:
    scene.run_sql("late_from_now", {"minutes": intervals.LATE_AFTER_MINUTES})


def _be_late_as_shipped(scene: Scene) -> None:
    scene.run_sql("late_as_shipped")


def _expect(channels: str, about: str, shipped: str, entity: str = "", *, ends: bool = True) -> tuple[Expected, ...]:
    return tuple(
        Expected(channel=channel, about=about, entity=entity, ends=ends, shipped=shipped)
        for channel in channels.split()
    )


WELL = Drill(name="well", trouble="nothing is broken", expected=(), begin=_do_nothing, afterwards=_silent)

DRILLS = (
    WELL,
    Drill(
        name="paused",
        trouble="the hourly DAG is paused",
        expected=(
            *_expect("slack", "dag_paused", NEXT_LOOK, HOURLY),
            *_expect("pagerduty slack", "aggregation_late", LATE_AS_SHIPPED),
        ),
        begin=_pause,
        mend=_unpause,
    ),
    Drill(
        name="outbox",
        trouble=f"Slack answers 500, and {ROWS} notifications wait for it",
        expected=_expect("email", "outbox_failing", "10–20 min", "slack"),
        begin=_fill_outbox,
        mend=_let_slack_work,
        # The rows themselves, once Slack takes them; and what stands still because of them.
        tolerated=frozenset({"delivery_rate_critical", "outbox_stuck", "notification_failed"}),
        afterwards=_left_in_outbox,
    ),
    Drill(
        name="view",
        trouble="a source view is dropped",
        expected=(
            *_expect("pagerduty", "watchdog", NEXT_LOOK, "evaluation"),
            *_expect("pagerduty slack", "dag_run_failed", "2–65 min", HOURLY),
            *_expect("slack", "data_quality_critical", "2–65 min", "delivery"),
            *_expect("sentry", "SourceContractError", "≤ 60 min", ends=False),
        ),
        begin=_drop_view,
        mend=_make_view,
        tolerated=frozenset({"dag_failing"}),
        told_within=intervals.RUN_FAILED_WITHIN,
    ),
    Drill(
        name="database",
        trouble="the metrics PostgreSQL is stopped, Airflow's is not",
        expected=_expect("pagerduty", "watchdog", NEXT_LOOK, "database"),
        begin=_stop_metrics,
        mend=_start_metrics,
        # A run of the follow-up, every five minutes, may fall into it.
        tolerated=frozenset({"dag_run_failed", "dag_failing"}),
    ),
    Drill(
        name="scheduler",
        trouble="the scheduler is killed with -9",
        expected=(
            *_expect("heartbeat", SILENCE, SILENT_AS_SHIPPED),
            *_expect("pagerduty slack", "aggregation_late", LATE_AS_SHIPPED),
        ),
        begin=_kill_scheduler,
        mend=_start_scheduler,
        tolerated=frozenset({"dag_run_failed"}),
    ),
    Drill(
        name="everything",
        trouble="Airflow and both PostgreSQL servers are gone",
        expected=(
            *_expect("heartbeat", SILENCE, SILENT_AS_SHIPPED),
            *_expect("pagerduty", "watchdog", NEXT_LOOK, "database"),
        ),
        begin=_lose_everything,
    ),
)
