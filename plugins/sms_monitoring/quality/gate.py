"""The gate: the hour just written is checked before it is judged."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.quality import engine
from sms_monitoring.quality.model import Plan, Status
from sms_monitoring.quality.store import bad_hours, begin_run, finish_run
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sms_monitoring.db import Connection
    from sms_monitoring.quality.model import Report, Suite

log = logging.getLogger(__name__)

# Hours that are bad are looked at again for this long, so that a repaired one heals by itself,
LOOK_AGAIN_FOR = timedelta(days=7)
# at most so many in one run: after a long outage of a source the gate must not hold up the hour.
MOST_AGAIN = 24


class QualityCheckError(RuntimeError):
    """The checks as a whole could not be run: nothing is known, and nothing has passed."""


def gate_suites() -> Sequence[Suite]:
    """The suites of the gate. Imports Great Expectations."""
    from sms_monitoring.quality.suites import gate_suites as suites

    return suites()


def check_hours(
    conn: Connection, uri: str, window: Window, now: datetime, dag_run_id: str | None = None
) -> list[Report]:
    """Check each hour of ``window``, and those of the last days that are bad still; stores what was found.

    A critical check that failed, or could not be run, marks the hour bad for its metric families, and alerts on them
    have no data there; an hour without any is taken off.

    :param uri: of the same database, for the read-only session of the checks.
    :param now: what the checks take for the present.
    :param dag_run_id: Airflow's run that asks.
    :returns: a report for each hour, in order of time.
    :raises QualityCheckError: at the end, when the checks of some hour as a whole could not be run. That marks no hour:
        a broken library must not blind every alert.
    """
    again = bad_hours(conn, now - LOOK_AGAIN_FOR, now, MOST_AGAIN)
    reports = []
    for hour in sorted({*window.hours(), *again}):
        of_hour = Window(hour, hour + HOUR)
        run_id = begin_run(conn, Plan.GATE, of_hour, dag_run_id)
        done = engine.run(uri, gate_suites, of_hour, now, Plan.GATE)
        finish_run(conn, run_id, done.report)
        log_report(done)
        reports.append(done.report)
    broken = [report for report in reports if report.error]
    if broken:
        raise QualityCheckError(
            f"the data quality checks of {len(broken)} of {len(reports)} hours could not be run: {broken[-1].error}"
        )
    return reports


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
