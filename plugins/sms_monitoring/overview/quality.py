"""Whether the newest numbers can be trusted, as far as they were checked. Pure, but for :func:`read_quality`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sms_monitoring import db
from sms_monitoring.digest.wording import plural
from sms_monitoring.overview.model import STALE_AFTER
from sms_monitoring.quality.model import Plan, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sms_monitoring.db import Connection

QualityStatus = Literal["passed", "warning", "critical", "error", "late", "never"]
# The full run is daily; it has two hours' grace, as an hour has.
LATE_AFTER = {Plan.GATE: STALE_AFTER, Plan.FULL: timedelta(hours=26)}
PLAN_WORDS = {Plan.GATE: "the hourly gate", Plan.FULL: "the daily full run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestRun:
    """The newest run of a plan that was finished.

    :param window_end: end of the time that it looked at.
    :param failed_critical: how many critical checks failed; ``errors``: how many checks could not be run.
    """

    plan: Plan
    window_end: datetime
    finished_at: datetime
    verdict: Verdict
    failed_critical: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is known of the quality of the data.

    :param runs: the newest of each plan that ever finished.
    :param bad_families: families whose newest hour failed a critical check, and is not judged.
    """

    runs: tuple[NewestRun, ...] = ()
    bad_families: tuple[str, ...] = ()


def read_quality(conn: Connection, newest_hour: datetime | None) -> Quality:
    """What the tables say. ``newest_hour``: the newest complete hour; None: there is none."""
    rows = db.fetch_all(conn, "api/quality/standing.sql", {"newest_hour": newest_hour})
    runs = tuple(
        NewestRun(
            plan=Plan(row["plan"]),
            window_end=row["window_end"],
            finished_at=row["finished_at"],
            verdict=Verdict(row["verdict"]),
            failed_critical=row["failed_critical"],
            errors=row["errors"],
        )
        for row in rows
        if row["plan"] is not None
    )
    return Quality(runs=runs, bad_families=tuple(rows[0]["bad_families"]))


def late_by(plan: Plan, covers: datetime, finished: datetime, now: datetime) -> timedelta | None:
    """By how much the next run of a plan is overdue; None where it is not.

    :param covers: end of the time that its newest run looked at; what counts of the gate, which runs again and again
        over what was before. Of the full run it counts when it was ``finished``.
    """
    passed = now - (covers if plan is Plan.GATE else finished)
    # The grace is for the delays of every day: what is past it is overdue since the run was due.
    due = timedelta(hours=1) if plan is Plan.GATE else timedelta(days=1)
    return passed - due if passed >= LATE_AFTER[plan] else None


def trouble(quality: Quality) -> tuple[str, bool] | None:
    """What is wrong with the numbers that are shown, in a sentence, and whether it is critical; None: nothing known.

    That checks are late is for the watchdog to say, and for the page about them.
    """
    if quality.bad_families:
        families = _and(quality.bad_families)
        return (
            f"The newest hour of {families} did not pass its critical data quality checks: alerts do not judge it.",
            True,
        )
    for run in quality.runs:
        if run.verdict is Verdict.CRITICAL or run.failed_critical:
            checks = plural(run.failed_critical, "critical data quality check")
            return f"{checks} failed in {PLAN_WORDS[run.plan]}.", True
    for run in quality.runs:
        if run.verdict is Verdict.ERROR:
            checks = plural(run.errors, "data quality check") if run.errors else "Data quality checks"
            return f"{checks} could not be run in {PLAN_WORDS[run.plan]}: what they guard is not known.", False
    return None


def summary(quality: Quality, late_hours: Mapping[Plan, float]) -> tuple[QualityStatus, str]:
    """How the checks stand, in a word and in a sentence.

    :param late_hours: by how many hours a plan's next run is overdue, of those that are.
    """
    wrong = trouble(quality)
    if wrong is not None:
        sentence, is_critical = wrong
        return "critical" if is_critical else "error", sentence
    if not quality.runs:
        return "never", "Nothing has been checked so far."
    if late_hours:
        plan, hours = max(late_hours.items(), key=lambda item: item[1])
        said = f"{PLAN_WORDS[plan].capitalize()} is {plural(max(1, round(hours)), 'hour')} overdue"
        return "late", f"{said}: what came since then is unchecked."
    if any(run.verdict is Verdict.WARNING for run in quality.runs):
        return "warning", "The numbers can be trusted; some checks warn."
    return "passed", "The newest numbers passed all checks."


def _and(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
