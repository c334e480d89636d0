"""The gate: the hour just written is checked before it is judged."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.quality import engine
from sms_monitoring.quality.model import Plan, Status
from sms_monitoring.quality.store import bad_hours, begin_run, finish_run, unseen_hours
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sms_monitoring.db import Connection
    from sms_monitoring.quality.model import Report, Suite

log = logging.getLogger(__name__)

# Hours that are bad are looked at again for this long, so that a repaired one heals by itself,
LOOK_AGAIN_FOR = timedelta(days=7)
# at most so many in one run, and for so long: after a long outage of a source the gate must not hold up the hour.
MOST_AGAIN = 24
AGAIN_WITHIN = timedelta(minutes=3)
# Hours that late data rewrote after they were checked, or whose own run ended early: at most so many more.
MOST_UNSEEN = 6


class QualityCheckError(RuntimeError):
    """The checks as a whole could not be run: nothing is known, and nothing has passed."""


def gate_suites() -> Sequence[Suite]:
    """The suites of the gate. Imports Great Expectations."""
    from sms_monitoring.quality.suites import gate_suites as suites

    return suites()


def check_hours(
    conn: Connection, uri: str, window: Window, now: datetime, dag_run_id: str | None = None
) -> list[Report]:
    """Check each hour of ``window``, then those of the last days that are bad still, and those that were rewritten
    since they were checked, or whose own checks ended early; stores what was found.

    A critical check that failed, or could not be run, marks the hour bad for its metric families, and alerts on them
    have no data there; an hour without any is taken off.

    :param uri: of the same database, for the read-only session of the checks.
    :param now: what the checks take for the present.
    :param dag_run_id: Airflow's run that asks.
    :returns: a report for each hour, in order of time.
    :raises QualityCheckError: at the end, when the checks of an hour of ``window`` as a whole could not be run. That
        marks no hour: a broken library must not blind every alert. A later run looks at it again.
    """
    reports = [_check_hour(conn, uri, hour, now, dag_run_id) for hour in window.hours()]
    broken = [report for report in reports if report.error]
    began = time.monotonic()
    for hour in _again(conn, window, now):
        # Where the checker is broken, the old hours only take time.
        if broken or time.monotonic() - began > AGAIN_WITHIN.total_seconds():
            break
        reports.append(_check_hour(conn, uri, hour, now, dag_run_id))
    if broken:
        raise QualityCheckError(
            f"the data quality checks of {len(broken)} of {len(reports)} hours could not be run: {broken[-1].error}"
        )
    return sorted(reports, key=lambda report: report.window.start)


def _again(conn: Connection, window: Window, now: datetime) -> list[datetime]:
    """Hours beside those of ``window`` to check once more: bad ones first, the longest not looked at before others."""
    since = now - LOOK_AGAIN_FOR
    again = bad_hours(conn, since, now, MOST_AGAIN) + unseen_hours(conn, since, now, MOST_UNSEEN)
    just_checked = set(window.hours())
    return [hour for hour in dict.fromkeys(again) if hour not in just_checked]


def _check_hour(conn: Connection, uri: str, hour: datetime, now: datetime, dag_run_id: str | None) -> Report:
    window = Window(hour, hour + HOUR)
    run_id = begin_run(conn, Plan.GATE, window, dag_run_id)
    done = engine.run(uri, gate_suites, window, now, Plan.GATE)
    finish_run(conn, run_id, done.report)
    log_report(done)
    return done.report


def log_report(done: engine.Run) -> None:
    """Log the verdict, and each check that did not pass; no value of a row."""
    report = done.report
    log.info(
        "%s %s: %s; %d checks, %d statements in %.2f s",
        report.plan,
        report.window,
        report.verdict,
        len(report.results),
        done.statements,
        done.seconds,
    )
    for one in report.results:
        if one.status is Status.FAILED:
            found = "" if one.unexpected_count is None else f" ({one.unexpected_count} unexpected)"
            log.warning("%s: %s.%s failed%s: %s", one.severity, one.suite, one.check, found, one.reason)
        elif one.status is Status.ERROR:
            log.warning("%s: %s.%s could not be run: %s", one.severity, one.suite, one.check, one.error)
