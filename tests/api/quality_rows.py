"""Rows of data quality, as the engine writes them: "this run, over this window, found that"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.db import Connection

MASKED = {"user_id": "‹text of 14 characters, #3fa9c2›", "metric_hour": "2026-03-10T10:00:00Z"}


def run(
    conn: Connection,
    until: datetime,
    plan: str = "gate",
    *,
    verdict: str | None = "passed",
    begun: datetime | None = None,
    **columns: Any,
) -> UUID:
    """A run over the hour, or the 90 days, up to ``until``; ``verdict`` None: it has not finished."""
    started = begun or until + timedelta(minutes=4)
    values = {
        "plan": plan,
        "window_start": until - (HOUR if plan == "gate" else timedelta(days=90)),
        "window_end": until,
        "started_at": started,
        "finished_at": None if verdict is None else started + timedelta(seconds=2),
        "verdict": verdict,
        **columns,
    }
    names, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    statement = f"INSERT INTO sms_quality_runs ({names}) VALUES ({places}) RETURNING id"
    return conn.execute(statement, values).fetchone()[0]


def result(conn: Connection, run_id: UUID, check: str, status: str = "passed", **columns: Any) -> None:
    """What one check of a run found."""
    values = {
        "run_id": run_id,
        "suite": "sms_metrics_hourly",
        "check_name": check,
        "expectation": "UnexpectedRowsExpectation",
        "severity": "critical",
        "status": status,
        "reason": "Nothing is delivered that was not sent.",
        "owner": "data-engineering",
        "error": "column renamed_away does not exist" if status == "error" else None,
        **columns,
    }
    for name in ("expected", "observed", "failing_rows"):
        if name in values:
            values[name] = Jsonb(values[name])
    names, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    conn.execute(f"INSERT INTO sms_quality_results ({names}) VALUES ({places})", values)


def bad_hour(conn: Connection, family: str, hour: datetime, run_id: UUID | None = None, *checks: str) -> None:
    """An hour of a family that is not judged."""
    row = (family, hour, run_id, list(checks or ["delivered_at_most_sent"]))
    conn.execute("INSERT INTO sms_bad_hours (family, metric_hour, run_id, checks) VALUES (%s, %s, %s, %s)", row)
