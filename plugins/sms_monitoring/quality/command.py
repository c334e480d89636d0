"""``python -m sms_monitoring quality``: check the data from the command line."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.quality.model import Plan, Status, Verdict
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.quality.model import CheckResult, Report

# As long as it is kept which hours are bad.
OLDEST = timedelta(days=90)
UNSOUND = (Verdict.CRITICAL, Verdict.ERROR)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "--plan",
        type=Plan,
        choices=list(Plan),
        default=Plan.GATE,
        help="gate: one hour, as before it is judged (default); full: everything, with Data Docs",
    )
    parser.add_argument(
        "--hour",
        metavar="TIME",
        type=_hour,
        help="ISO 8601; the hour that the gate checks, or the last of the full run; default: the newest complete",
    )


def run_command(options: argparse.Namespace) -> int:
    """Check, store, print; returns 1 for a critical failure and for what could not be run, else 0.

    :raises QualityCheckError: when the checks as a whole could not be run.
    """
    from sms_monitoring.quality.docs import data_docs_dir
    from sms_monitoring.quality.full import REACH, check_everything
    from sms_monitoring.quality.gate import check_hours

    now = datetime.now(UTC)
    hour = options.hour or floor_hour(now) - HOUR
    window = Window(hour, hour + HOUR)
    with db.connect() as conn:
        if options.plan is Plan.FULL:
            reports = [check_everything(conn, db.dsn(conn), window.reaching_back(REACH), now)]
        else:
            reports = check_hours(conn, db.dsn(conn), window, now)
    print("\n\n".join(as_text(report) for report in reports))
    if options.plan is Plan.FULL:
        print(f"\nData Docs: {data_docs_dir() / 'index.html'}")
    return int(any(report.verdict in UNSOUND for report in reports))


def as_text(report: Report) -> str:
    """The verdict, and what did not pass; values of rows are masked."""
    bad = [one for one in report.results if one.status is not Status.PASSED]
    total = len(report.results)
    lines = [f"{report.plan} {report.window}: {report.verdict}, {total - len(bad)} of {total} checks passed"]
    if report.error:
        lines.append(f"  ended early: {report.error}")
    for one in sorted(bad, key=lambda one: (one.severity, one.suite, one.check)):
        lines += _lines(one)
    return "\n".join(lines)


def _lines(one: CheckResult) -> Iterator[str]:
    yield f"  {one.severity:<8} {one.suite}.{one.check}: {one.status}"
    yield f"           {one.reason} ({one.owner})"
    if one.error:
        yield f"           {one.error}"
    elif one.unexpected_count is not None:
        yield f"           {one.unexpected_count} unexpected"
    elif one.observed is not None:
        yield f"           found: {one.observed}"
    for row in one.failing_rows[:3]:
        yield "           " + ", ".join(f"{name}={value}" for name, value in row.items())


def _hour(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        hour = floor_hour(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 2026-11-01T10:00:00+00:00") from None
    now = datetime.now(UTC)
    if hour > now - HOUR:
        raise argparse.ArgumentTypeError(f"the hour of {text} is not over yet: there is nothing to check")
    if hour < now - OLDEST:
        raise argparse.ArgumentTypeError(
            f"{text} is over {OLDEST.days} days ago: what is known of such hours is forgotten"
        )
    return hour
