"""The full run: everything, once a day, with Data Docs."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.quality import docs, engine
from sms_monitoring.quality.gate import QualityCheckError, log_report
from sms_monitoring.quality.model import Plan
from sms_monitoring.quality.store import begin_run, finish_run
from sms_monitoring.timeframe import Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from sms_monitoring.db import Connection
    from sms_monitoring.quality.model import Report, Suite

log = logging.getLogger(__name__)

# As long as sms_metrics is kept by default.
REACH = timedelta(days=90)


def full_suites() -> Sequence[Suite]:
    """The suites of the full run. Imports Great Expectations."""
    from sms_monitoring.quality.suites import full_suites as suites

    return suites()


def full_window(now: datetime) -> Window:
    """What the full run looks at: the complete hours of the last :data:`REACH`."""
    end = floor_hour(now)
    return Window(end - REACH, end)


def check_everything(
    conn: Connection,
    uri: str,
    window: Window,
    now: datetime,
    dag_run_id: str | None = None,
    docs_dir: Path | None = None,
) -> Report:
    """Run every check over ``window``, store what was found, and build the Data Docs.

    For the other parameters see :func:`sms_monitoring.quality.gate.check_hours`.

    :param docs_dir: where the Data Docs are; by default :func:`sms_monitoring.quality.docs.data_docs_dir`.
    :raises QualityCheckError: at the end, when the checks as a whole could not be run, or the Data Docs not be written.
    """
    run_id = begin_run(conn, Plan.FULL, window, dag_run_id)
    done = engine.run(uri, full_suites, window, now, Plan.FULL)
    finish_run(conn, run_id, done.report)
    log_report(done)
    folder = docs_dir or docs.data_docs_dir()
    try:
        page = docs.build(done.report, run_id, now, folder)
    except OSError as error:
        raise QualityCheckError(
            f"the results are stored, but the Data Docs could not be written to {folder}: {error.strerror}"
        ) from error
    log.info("Data Docs: %s", page)
    if done.report.error:
        raise QualityCheckError(f"the data quality checks could not be run: {done.report.error}")
    return done.report
