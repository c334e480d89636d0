"""What happens when a DAG run ends: a failed one is told to people at once, a good one takes that back.

DAG-level callbacks: Airflow's DAG processor runs them, so that they also come where the task's own process was
killed. It gives a DAG file and its callbacks 50 seconds (``[dag_processor] dag_file_processor_timeout``): what matters
most goes first, and the database, which may be what is broken, last. That a failure was told is therefore kept in a
file, too, before it is told: killed at any point, or without a database, the next success still takes it back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sms_monitoring import deadlines, direct, heartbeat
from sms_monitoring.runs import FRESHNESS_LIMIT
from sms_monitoring.timeframe import floor_hour

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from airflow.sdk import Context

    from sms_monitoring.notify.message import Message
    from sms_monitoring.watchdog.memory import Memory, Told

log = logging.getLogger(__name__)

SCHEDULED = "scheduled"
# What is waited for beside the channels must leave them enough of those 50 seconds.
FILE_SECONDS = 3.0
DATABASE_SECONDS = 8.0


class Before(StrEnum):
    """What ``sms_dag_status`` knew of a DAG when the end of one of its runs was noted."""

    WELL = "well"
    FAILING = "failing"
    LATER_FAILURE = "later_failure"
    """A run that ended later is on record, and failed."""
    LATER_SUCCESS = "later_success"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """What a callback is told of a DAG run.

    :param run_type: Airflow's: ``scheduled``, ``manual``, ``backfill`` …
    :param reason: Airflow's word for why it ended.
    :param task_id: the task that failed last, where there is one.
    :param due_at: from when on it could run.
    :param started_at: when it began to run.
    :param hour_end: the end of its data interval.
    :param has_deadline: whether it has a deadline alert. A cleared run has none: Airflow sets it when a run is made.
    """

    dag_id: str
    run_id: str
    run_type: str
    reason: str
    task_id: str | None
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime
    hour_end: datetime | None
    has_deadline: bool

    @property
    def is_scheduled(self) -> bool:
        """Whether nobody started it: then nobody is looking, either."""
        return self.run_type == SCHEDULED

    @property
    def was_late(self) -> bool:
        """Whether a deadline alert may have gone out for it: also true of hours that are caught up with."""
        return self._is_beyond_deadline_since(self.due_at)

    @property
    def was_slow(self) -> bool:
        """Whether it ran so long that a deadline alert went out for it: for no hour of the past."""
        is_past = self.hour_end is not None and self.ended_at - self.hour_end > FRESHNESS_LIMIT
        return not is_past and self._is_beyond_deadline_since(self.started_at)

    def _is_beyond_deadline_since(self, moment: datetime | None) -> bool:
        return self.has_deadline and moment is not None and self.ended_at - moment >= deadlines.deadline()


def read_run(context: Context | dict[str, Any], now: datetime) -> EndedRun:
    """The run that a callback's context is about.

    Without a task instance to blame, Airflow hands over just the DAG, the run's id and a reason.
    """
    run: Any = context.get("dag_run")
    dag: Any = context.get("dag")
    instance: Any = context.get("ti")
    run_id = str(getattr(run, "run_id", None) or context.get("run_id") or "unknown")
    run_type = getattr(run, "run_type", None)
    return EndedRun(
        dag_id=str(getattr(run, "dag_id", None) or getattr(dag, "dag_id", None) or "unknown"),
        run_id=run_id,
        run_type=str(getattr(run_type, "value", run_type) or run_id.partition("__")[0]),
        reason=str(context.get("reason") or "see its task logs"),
        task_id=getattr(instance, "task_id", None),
        due_at=getattr(run, "run_after", None),
        started_at=getattr(run, "start_date", None),
        ended_at=getattr(run, "end_date", None) or now,
        hour_end=getattr(run, "data_interval_end", None),
        has_deadline=bool(getattr(dag, "deadline", None)) and not getattr(run, "clear_number", 0),
    )


def report_failure(context: Context) -> None:
    """Report a failed DAG run: to Slack and PagerDuty, by e-mail where neither takes it. Never raises.

    All failures of one DAG are one incident in PagerDuty; Slack is told once an hour, so that a DAG that runs every
    few minutes does not fill it. A run that a person started, or a backfill, pages nobody.
    """
    try:
        run = read_run(context, datetime.now(UTC))
        log.error("DAG run failed: %s / %s (%s)", run.dag_id, run.run_id, run.reason)
        message = failure_message(run)
        if not run.is_scheduled:
            direct.tell(message, ("slack",), fallback="email")
            return
        if _remember(run):
            outcome = direct.tell(message, ("pagerduty",))
        else:
            outcome = direct.tell(message, ("pagerduty", "slack"), fallback="email")
        _remember_channels(run, outcome)
        heartbeat.report_failed_run(run.dag_id, f"run {run.run_id} failed: {run.reason}")
        if _record(run, "failed") is Before.LATER_SUCCESS and not _failed_later(_told_of(run), run):
            # Its callback came first, and found nothing to take back.
            _take_back(run, ("pagerduty", "slack"))
    except Exception as error:
        # A callback has nobody left to raise to.
        log.error("could not report the failed run: %s", type(error).__name__)


def report_success(context: Context) -> None:
    """Take back what was told of a DAG's failures, once a scheduled run of it succeeds. Never raises.

    Asks the file and the database whether the DAG was failing; where neither can say, PagerDuty is told, which ignores
    what it does not know.
    """
    try:
        run = read_run(context, datetime.now(UTC))
        if not run.is_scheduled:
            return
        before = _record(run, "success")
        told = _told_of(run)
        if _failed_later(told, run) or before in (Before.LATER_SUCCESS, Before.LATER_FAILURE):
            return  # the later run has the last word
        if told or before is Before.FAILING or run.was_slow:
            _take_back(run, ("pagerduty", "slack"))
        elif before is Before.UNKNOWN or run.was_late:
            _take_back(run, ("pagerduty",))
    except Exception as error:
        log.error("could not report the successful run: %s", type(error).__name__)


def failure_message(run: EndedRun) -> Message:
    """What is said of a failed run."""
    from sms_monitoring.notify.message import Event, Message, Severity

    facts = [("DAG", run.dag_id), ("Run", run.run_id), ("Reason", run.reason.replace("_", " "))]
    return Message(
        event=Event.TRIGGER,
        severity=Severity.CRITICAL if run.is_scheduled else Severity.WARNING,
        alert_type="dag_run_failed",
        entity=run.dag_id,
        dedup_key=deadlines.dedup_key(run.dag_id),
        title="A DAG run of SMS monitoring failed",
        summary=f"{run.dag_id}, run {run.run_id}. What did not fail went on; the log of the red task says why.",
        occurred_at=run.ended_at,
        facts=(*facts, *((("Failed task", run.task_id),) if run.task_id else ())),
        links=deadlines.links_to(run.dag_id, run.run_id),
    )


def success_message(run: EndedRun) -> Message:
    """What is said when a DAG that failed works again."""
    from sms_monitoring.notify.message import Event, Message, Severity

    return Message(
        event=Event.RESOLVE,
        severity=Severity.CRITICAL,
        alert_type="dag_run_failed",
        entity=run.dag_id,
        dedup_key=deadlines.dedup_key(run.dag_id),
        title="A DAG run of SMS monitoring failed or was late",
        summary=f"{run.dag_id} works again: run {run.run_id} succeeded.",
        occurred_at=run.ended_at,
        facts=(("DAG", run.dag_id), ("Run", run.run_id)),
        links=deadlines.links_to(run.dag_id, run.run_id),
    )


def _remember(run: EndedRun) -> bool:
    """Note that people are told of a failure; whether somebody has read of one in the same hour of the clock."""
    from sms_monitoring.watchdog.memory import Told

    with _told() as memory:
        ended_at = run.ended_at.astimezone(UTC)
        told = memory.told.setdefault(run.dag_id, Told(since=ended_at.isoformat()))
        told.since = max(ended_at, datetime.fromisoformat(told.since)).isoformat()
        # PagerDuty folds them into one, and is told each time.
        read_at = (told.told_at(channel) for channel in told.channels if channel != "pagerduty")
        return any(at is not None and floor_hour(at) == floor_hour(ended_at) for at in read_at)


def _remember_channels(run: EndedRun, outcome: dict[str, str]) -> None:
    """Note who took the message."""
    with _told() as memory:
        if told := memory.told.get(run.dag_id):
            ended_at = run.ended_at.astimezone(UTC)
            for channel in _took(outcome):
                told.channels[channel] = max(ended_at, told.told_at(channel) or ended_at).isoformat()


def _told_of(run: EndedRun) -> Told | None:
    with _told() as memory:
        return memory.told.get(run.dag_id)


def _failed_later(told: Told | None, run: EndedRun) -> bool:
    """Whether people were told of a failure that ended after the run."""
    return told is not None and run.ended_at < datetime.fromisoformat(told.since)


def _take_back(run: EndedRun, channels: tuple[str, ...]) -> None:
    before = _told_of(run)
    heard = set(channels) & set(before.channels if before else ())
    # PagerDuty may have opened an incident and not said so. Others hear of the end once, of a failure they heard of.
    told = [channel for channel in channels if channel == "pagerduty" or channel in heard or not heard]
    took = _took(direct.tell(success_message(run), tuple(told)))
    with _told() as memory:
        now = memory.told.get(run.dag_id)
        if now is None or now != before:  # what failed meanwhile is not over
            return
        if took and not heard - took:
            del memory.told[run.dag_id]
        for channel in took:  # who is left is told by the next success
            now.channels.pop(channel, None)


def _took(outcome: dict[str, str]) -> set[str]:
    return {channel for channel, said in outcome.items() if said == "delivered"}


def _told() -> AbstractContextManager[Memory]:
    """DAG → the end of its newest failed run of which people were told, and not yet that it works again."""
    from sms_monitoring.watchdog.memory import Memory, default_path

    return Memory(default_path().with_name("dag_runs.json"), patience=FILE_SECONDS).open()


def _record(run: EndedRun, state: str) -> Before:
    """Note the run's end in ``sms_dag_status``; what is known there of the DAG."""
    from sms_monitoring import db
    from sms_monitoring.hooks.patience import at_most
    from sms_monitoring.hooks.sms_metrics import CONN_ID, SmsMetricsHook

    told = {"dag_id": run.dag_id, "run_id": run.run_id, "state": state, "ended_at": run.ended_at}

    def note() -> db.Row | None:
        with hook.connect() as conn:
            conn.execute("SET statement_timeout = '5s'")
            return db.fetch_one(conn, "dags/record_run.sql", told)

    try:
        # Airflow is asked for it here, not in the thread; a database that accepts and says nothing is waited for there.
        hook = SmsMetricsHook(connection=SmsMetricsHook.get_connection(CONN_ID))
        before = at_most(DATABASE_SECONDS, note)
    except Exception as error:
        log.warning("the run is not noted in sms_dag_status: %s", type(error).__name__)
        return Before.UNKNOWN
    return Before.UNKNOWN if before is None else Before(before["was"])
