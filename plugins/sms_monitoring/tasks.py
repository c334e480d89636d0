"""The Python tasks of the DAGs: each opens the database, calls one function of the package, logs what it did."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context

from sms_monitoring.dag_defaults import timezone
from sms_monitoring.runs import is_backfill, is_history, run_links, run_window

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.timeframe import Window

log = logging.getLogger(__name__)


class RunFailedError(RuntimeError):
    """Some task of the run failed while the rest went on."""


class DeliveryPendingError(RuntimeError):
    """Notifications are still to be delivered; the task's next try, or the next hour, sends them."""


class UntoldError(RuntimeError):
    """Something is wrong with the monitoring, and no channel took the page."""


def aggregate_family(family: str) -> dict[str, Any]:
    """Aggregate one family: the run's hour and all that changed; for history, just the run's hour."""
    from sms_monitoring.aggregation import pipeline
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    context = get_current_context()
    window = run_window(context)
    with SmsMetricsHook().connect() as conn:
        if is_history(context, window.end, datetime.now(UTC)):
            result = pipeline.aggregate_range(conn, family, window)
        else:
            result = pipeline.aggregate_hour(conn, family, window)
    log.info("%s: %d hours recomputed for %s", family, len(result.hours), window)
    return {"hours": len(result.hours), "refused": len(result.refused), "rejected_facts": result.rejected_facts}


def recompute_family(family: str, start: str, end: str) -> int:
    """Recompute one family for all hours from ``start`` to ``end`` (ISO 8601); returns how many."""
    from airflow.sdk.exceptions import AirflowFailException

    from sms_monitoring.aggregation import pipeline
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    try:
        window = parse_range(start, end)
    except ValueError as error:
        raise AirflowFailException(str(error)) from error  # no retry makes it a range
    done = 0

    def progress(hours: int) -> None:
        nonlocal done
        done += hours
        log.info("%s: %d of %d hours", family, done, len(window.hours()))

    with SmsMetricsHook().connect() as conn:
        return len(pipeline.aggregate_range(conn, family, window, progress).hours)


def parse_range(start: str, end: str) -> Window:
    """The whole hours that two form fields name.

    :raises ValueError: for a time that is not ISO 8601, or a range that is empty or reaches into the future.
    """
    from sms_monitoring.timeframe import HOUR, Window, floor_hour

    moments = []
    for name, text in (("start", start), ("end", end)):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{name} is {text!r}, not a time like 2026-11-01T00:00:00+00:00") from error
        moments.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    window = Window.covering(*moments)
    if window.end > floor_hour(datetime.now(UTC)) + HOUR:
        raise ValueError(
            f"end {end} lies in the future; the newest hour is {floor_hour(datetime.now(UTC)):%Y-%m-%d %H:%M} UTC"
        )
    return window


def refresh_views() -> int:
    """Rebuild the daily rows that changed and refresh the daily view; returns the number of days rebuilt."""
    from sms_monitoring.aggregation import pipeline
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    with SmsMetricsHook().connect() as conn:
        return pipeline.refresh_views(conn)


def check_quality() -> dict[str, str]:
    """Check the run's hour before it is judged, and the hours that are bad still; hour → verdict. Backfills too.

    :raises QualityCheckError: when the checks as a whole could not be run; no hour is bad for that.
    """
    from sms_monitoring import db
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.quality.gate import check_hours

    context, now = get_current_context(), datetime.now(UTC)
    with SmsMetricsHook().connect() as conn:
        reports = check_hours(conn, db.dsn(conn), run_window(context), now, dag_run_id=context["dag_run"].run_id)
    return {report.window.start.isoformat(): str(report.verdict) for report in reports}


def check_quality_fully() -> str:
    """Check everything over the last months, and build the Data Docs; returns the verdict.

    :raises QualityCheckError: when the checks as a whole could not be run, or the Data Docs not be written.
    """
    from sms_monitoring import db
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.quality.full import check_everything, full_window

    context, now = get_current_context(), datetime.now(UTC)
    with SmsMetricsHook().connect() as conn:
        report = check_everything(conn, db.dsn(conn), full_window(now), now, dag_run_id=context["dag_run"].run_id)
    return str(report.verdict)


def follow_up() -> None:
    """Say what is still to be said about incidents.

    Announces what is no longer held back, repeats, escalates, tells what persons did. In a backfill it does nothing.
    """
    from sms_monitoring.alerts.followup import FollowUp
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.operators import alert_types

    context = get_current_context()
    skip_in_backfill(context)
    alerts = {alert.name: alert for alert in alert_types()}
    with SmsMetricsHook().connect() as conn:
        said = FollowUp(conn=conn, now=datetime.now(UTC), alerts=alerts, links=run_links(context)).run()
    log.info("said: %s", ", ".join(f"{count} {event}" for event, count in said.items()) or "nothing")


def find_channels_due() -> list[str]:
    """The channels that have something to deliver now."""
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.notify.outbox import channels_due

    with SmsMetricsHook().connect() as conn:
        return channels_due(conn)


def skip_in_backfill(context: Any) -> None:
    """:raises AirflowSkipException: in a backfill, which notifies nobody."""
    from airflow.sdk.exceptions import AirflowSkipException

    if is_backfill(context):
        raise AirflowSkipException("a backfill notifies nobody")


def dispatch_channel(channel: str) -> dict[str, int]:
    """Deliver what the outbox holds for one channel. A backfill delivers nothing.

    :raises DeliveryPendingError: when something could not be delivered now.
    """
    context = get_current_context()
    skip_in_backfill(context)
    return deliver(channel, worker=worker_name(context))


def dispatch_due(channel: str) -> dict[str, int]:
    """Deliver what the outbox holds for one channel; what cannot be delivered now waits for the next run in peace."""
    try:
        return deliver(channel, worker=worker_name(get_current_context()))
    except DeliveryPendingError as error:
        log.warning("%s", error)
        return {}


def worker_name(context: Any) -> str:
    """Who claims outbox rows: the same for every try of one task, so that a retry frees what a killed try held."""
    instance = context["ti"]
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}/{instance.map_index}"


def deliver(channel: str, worker: str) -> dict[str, int]:
    """Dispatch one channel and log the report; see :func:`sms_monitoring.notify.dispatch.dispatch`."""
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.notify.dispatch import dispatch

    with SmsMetricsHook().connect() as conn:
        report = dispatch(conn, channel, worker)
    log.info("%s: %s", channel, report)
    if report.errors:
        raise DeliveryPendingError(f"{channel}: {'; '.join(report.errors)}")
    return {"sent": report.sent, "failed": report.failed, "suppressed": report.suppressed}


def enqueue_test_alert(channel: str) -> int | None:
    """Put a test message for one channel in the outbox; returns the row's id."""
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.notify.outbox import enqueue
    from sms_monitoring.notify.trial import compose_test_alert

    context = get_current_context()
    key, at = context["dag_run"].run_id, datetime.now(UTC)
    with SmsMetricsHook().connect() as conn:
        return enqueue(conn, compose_test_alert(channel, key=key, at=at, links=run_links(context)), channel=channel)


def deliver_now(channel: str) -> dict[str, int]:
    """Deliver the channel's outbox now. :raises DeliveryPendingError: when something could not be delivered."""
    return deliver(channel, worker=worker_name(get_current_context()))


def send_daily_digest() -> str:
    """Send the digest of the run's day: the form field ``date``, else the day before the run in the digest's zone."""
    from airflow.sdk import Variable

    from sms_monitoring.digest.localday import yesterday
    from sms_monitoring.digest.send import send_digest
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    context = get_current_context()
    recipients = Variable.get("sms_monitoring_digest_email_to", default=None)
    if not recipients:
        raise ValueError(
            "no one gets the digest: set the Airflow variable sms_monitoring_digest_email_to, for example with"
            " `airflow variables set sms_monitoring_digest_email_to team@example.com`"
        )
    zone = timezone().key
    asked, moment = context["params"].get("date"), context.get("logical_date") or datetime.now(UTC)
    day = date.fromisoformat(asked) if asked else yesterday(zone, moment)
    with SmsMetricsHook().connect() as conn:
        outcome = send_digest(conn, day, recipients, zone, worker=worker_name(context))
    log.info("digest of %s: %s", day, outcome)
    return outcome


def watch() -> dict[str, Any]:
    """Look after the monitoring itself, and tell what is not well; returns that.

    :raises UntoldError: when something is not well and nobody could be told.
    """
    from airflow.sdk.exceptions import AirflowTaskTimeout

    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.watchdog import airflow_dags
    from sms_monitoring.watchdog.run import page_directly, watch
    from sms_monitoring.watchdog.trouble import database_is_gone

    context, now = get_current_context(), datetime.now(UTC)
    links = run_links(context)

    def note_dags(conn: Connection) -> None:
        airflow_dags.save(conn, airflow_dags.look_at_dags(now), now)

    try:
        report = watch(SmsMetricsHook().connect, before=note_dags, links=links, worker=worker_name(context))
    except AirflowTaskTimeout as error:
        # Something never answered; the database is what every step waits for.
        page_directly(database_is_gone(error), links=links)
        raise
    found = report.as_dict()
    log.info("%s", found)
    if report.untold:
        raise UntoldError(f"nobody could be told: {'; '.join(found['troubles'])}")
    return found


def send_heartbeat() -> str:
    """Tell the service outside that the hour was done; skipped for history, and where no such service is set up."""
    from airflow.sdk.exceptions import AirflowSkipException

    from sms_monitoring import heartbeat

    context, now = get_current_context(), datetime.now(UTC)
    window = run_window(context)
    if is_history(context, window.end, now):
        raise AirflowSkipException("an hour of the past is no sign of life")
    return _beat(heartbeat.HOURLY, f"hour {window} done")


def send_watchdog_heartbeat() -> str:
    """Tell the service outside that the watchdog looked; skipped where no such service is set up."""
    from sms_monitoring import heartbeat

    return _beat(heartbeat.WATCHDOG, "the watchdog has looked")


def _beat(conn_id: str, note: str) -> str:
    from airflow.sdk.exceptions import AirflowSkipException

    from sms_monitoring.heartbeat import NoHeartbeatError, beat

    try:
        said = beat(conn_id, note=note)
    except NoHeartbeatError as error:
        raise AirflowSkipException(str(error)) from None
    log.info("heartbeat: %s", said)
    return said


def make_partitions_ahead() -> dict[str, int]:
    """Make the partitions of the days to come; returns how many were missing, by table."""
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.retention.pipeline import make_partitions_ahead

    with SmsMetricsHook().connect() as conn:
        return make_partitions_ahead(conn, datetime.now(UTC).date())


def retire_partitions() -> list[str]:
    """Archive (where an archive is configured) and drop what is past retention; returns the partitions dropped."""
    from airflow.sdk import Variable

    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
    from sms_monitoring.retention.pipeline import retire_expired

    archive_url = Variable.get("sms_monitoring_archive_url", default=None) or None
    with SmsMetricsHook().connect() as conn:
        retired = retire_expired(conn, datetime.now(UTC).date(), archive_url)
    return [str(partition.partition.name) for partition in retired]


def fail_run() -> None:
    """Mark the run failed, because a task of it was.

    :raises RunFailedError: always.
    """
    raise RunFailedError("a task of this run failed; the others went on. See the red task's log.")


def review_silences(channel: str) -> list[dict[str, str | int]]:
    """List the silences that a person should look at, and put the list into the outbox, once a week and channel."""
    from sms_monitoring.alerts import silence_review
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    context, now = get_current_context(), datetime.now(UTC)
    day = (context.get("logical_date") or now).astimezone(timezone()).date()
    with SmsMetricsHook().connect() as conn:
        findings = silence_review.review(silence_review.load_facts(conn, now), now)
        if not findings:
            log.info("no silence to review")
            return []
        log.info("silences to review:\n%s", silence_review.table(findings))
        told = silence_review.tell_once(conn, silence_review.notice(findings, now, day, run_links(context)), channel)
        log.info("%s: %s", channel, "told before in this week" if told is None else "to be told")
    return silence_review.as_rows(findings)
