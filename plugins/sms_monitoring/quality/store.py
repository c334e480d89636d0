"""What was checked and what came of it, as rows: ``sms_quality_runs``, ``sms_quality_results``, ``sms_bad_hours``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.quality.model import Plan, Severity, Status

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sms_monitoring.db import Connection, Row
    from sms_monitoring.quality.model import CheckResult, Report
    from sms_monitoring.timeframe import Window

KEEP_DAYS = 400
# As long as sms_metrics by default: an hour whose rows are gone cannot be mended, and no alert reaches back to it.
KEEP_BAD_HOURS_DAYS = 90
# Runs that one transaction deletes, with their results: bounds how long it holds their locks.
BATCH = 500


def begin_run(conn: Connection, plan: Plan, window: Window, dag_run_id: str | None = None) -> UUID:
    """Put on record that a run of ``plan`` over ``window`` began; returns its id.

    A run that is killed keeps this row, without an end: it has shown nothing.
    """
    row = db.fetch_one(
        conn,
        "quality/store/begin_run.sql",
        {"plan": plan, "window_start": window.start, "window_end": window.end, "dag_run_id": dag_run_id},
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING
    run_id: UUID = row["id"]
    return run_id


def finish_run(conn: Connection, run_id: UUID, report: Report) -> None:
    """Store what the run found, and for the gate which families' hour is bad, in one transaction.

    A report with an error, of a run that ended early, changes nothing about bad hours.
    """
    with conn.transaction():
        counts = Counter((one.severity, one.status) for one in report.results)
        db.execute(
            conn,
            "quality/store/finish_run.sql",
            {
                "run_id": run_id,
                "verdict": report.verdict,
                "checks": len(report.results),
                "failed_critical": counts[Severity.CRITICAL, Status.FAILED],
                "failed_warning": counts[Severity.WARNING, Status.FAILED],
                "errors": sum(number for (_, status), number in counts.items() if status is Status.ERROR),
                "error": report.error,
            },
        )
        db.execute_many(conn, "quality/store/save_result.sql", [_row(run_id, one) for one in report.results])
        if report.plan is Plan.GATE and report.error is None:
            for hour in report.window.hours():
                _settle(conn, run_id, hour, bad_families(report))


def bad_families(report: Report) -> dict[str, list[str]]:
    """Family → the checks that say its numbers are not to be judged, in order of name. Pure.

    Those are the critical ones that failed, or that could not be run: unseen is not sound.
    """
    bad: dict[str, set[str]] = {}
    for one in report.results:
        if one.severity is Severity.CRITICAL and one.status is not Status.PASSED:
            for family in one.families or FAMILIES:
                bad.setdefault(family, set()).add(one.check)
    return {family: sorted(checks) for family, checks in sorted(bad.items())}


def bad_hours(conn: Connection, since: datetime, until: datetime, most: int) -> list[datetime]:
    """At most ``most`` hours from ``since`` to ``until`` with a bad family; first what was looked at longest ago."""
    rows = db.fetch_all(conn, "quality/store/bad_hours.sql", {"since": since, "until": until, "most": most})
    return [row["metric_hour"] for row in rows]


def unseen_hours(conn: Connection, since: datetime, until: datetime, most: int) -> list[datetime]:
    """At most ``most`` hours from ``since`` to ``until`` whose numbers no run of the gate has seen as they are: they
    were aggregated anew since, or the run ended early. Those that have waited longest come first; an hour that the gate
    never began with is none of them."""
    rows = db.fetch_all(conn, "quality/store/unseen_hours.sql", {"since": since, "until": until, "most": most})
    return [row["metric_hour"] for row in rows]


def newest_runs(conn: Connection, plan: Plan, most: int) -> list[Row]:
    """The newest finished runs of ``plan``, rows of ``sms_quality_runs``."""
    return db.fetch_all(conn, "quality/store/newest_runs.sql", {"plan": plan, "most": most})


def forget_quality(conn: Connection, today: date, batch: int = BATCH) -> int:
    """Delete the runs that began more than :data:`KEEP_DAYS` before ``today``, a UTC day, with their results,
    and what is known of bad hours older than :data:`KEEP_BAD_HOURS_DAYS`.

    :returns: how many runs.
    """
    deleted = 0
    params = {"today": today, "keep_days": KEEP_DAYS, "keep_bad_hours_days": KEEP_BAD_HOURS_DAYS, "batch": batch}
    while rows := db.execute(conn, "retention/forget_quality.sql", params):
        deleted += rows
    return deleted


def _settle(conn: Connection, run_id: UUID, hour: datetime, bad: dict[str, list[str]]) -> None:
    db.lock(conn, "quality", f"{hour:%Y-%m-%dT%H}")
    row = db.fetch_one(conn, "quality/store/is_outdated.sql", {"run_id": run_id})
    if row is None or row["outdated"]:
        return
    for family, checks in bad.items():
        db.execute(
            conn,
            "quality/store/mark_bad_hour.sql",
            {"family": family, "metric_hour": hour, "run_id": run_id, "checks": checks},
        )
    db.execute(conn, "quality/store/clear_bad_hour.sql", {"metric_hour": hour, "still_bad": list(bad)})


def _row(run_id: UUID, one: CheckResult) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "suite": one.suite,
        "check_name": one.check,
        "expectation": one.expectation,
        "expected": Jsonb(one.expected),
        "severity": one.severity,
        "status": one.status,
        "observed": None if one.observed is None else Jsonb(one.observed),
        "element_count": one.element_count,
        "unexpected_count": one.unexpected_count,
        "failing_rows": Jsonb(list(one.failing_rows)),
        "reason": one.reason,
        "owner": one.owner,
        "families": list(one.families),
        "error": one.error,
    }
