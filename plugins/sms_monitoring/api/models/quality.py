"""What ``/quality`` answers: runs of checks, what they found, which hours are bad."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from sms_monitoring.quality.model import Plan, Severity, Status, Verdict

if TYPE_CHECKING:
    from sms_monitoring.db import Row

# A run takes seconds, the longest a minute: what began longer ago and has no end was killed.
RUNNING_FOR = timedelta(minutes=30)

RunState = Literal["finished", "running", "killed"]


class Run(BaseModel):
    """One run of a plan of checks over a stretch of time."""

    id: UUID
    plan: Plan
    window_start: datetime
    window_end: datetime
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None = Field(description="that it took; null: it has not finished")
    state: RunState = Field(description="killed: it began long ago and never finished, so it has shown nothing")
    verdict: Verdict | None = Field(description="its gravest result; null: it has not finished. error is never a pass")
    checks: int
    failed_critical: int
    failed_warning: int
    errors: int = Field(description="checks that could not be run")
    error: str | None = Field(description="why the run as a whole ended early")
    dag_run_url: str | None = Field(
        description="Airflow's run that asked for it, relative to Airflow's address, no slash in front; null: a command"
    )


class Result(BaseModel):
    """What one check found."""

    suite: str = Field(description="the rows that it looked at")
    check: str
    severity: Severity = Field(description="critical: the numbers are wrong when it fails; warning: they stand")
    status: Status
    expectation: str = Field(description="the class of Great Expectations")
    expected: dict[str, Any]
    observed: Any = Field(description="what it saw, masked")
    element_count: int | None
    unexpected_count: int | None
    failing_rows: list[dict[str, Any]] = Field(
        description="at most 20, masked: no number, no text, no name of a person"
    )
    reason: str = Field(description="why it matters")
    owner: str = Field(description="who mends it")
    families: list[str] = Field(description="metric families in doubt when it fails; none: of no single one")
    error: str | None = Field(description="why it could not be run")


class RunDetail(Run):
    """A run with all that its checks found, the gravest first."""

    results: list[Result]


class Mark(BaseModel):
    """How the newest run over a stretch of time ended."""

    run_id: UUID
    window_start: datetime
    window_end: datetime
    verdict: Verdict | None


class BadHour(BaseModel):
    """An hour of a metric family whose numbers are not judged."""

    family: str
    metric_hour: datetime = Field(description="its start")
    marked_at: datetime
    run_id: UUID | None = Field(description="the run that found it bad; null: forgotten since")
    checks: list[str]


class PlanStanding(BaseModel):
    """Where a plan of checks stands."""

    plan: Plan
    newest: Run | None = Field(description="the newest that finished; null: none ever did")
    begun: Run | None = Field(description="one that began after it, and has not finished")
    late_hours: float | None = Field(description="by how much the next one is overdue; null: it is not")
    problems: list[Result] = Field(description="of `newest`: what failed or could not be run, the gravest first")
    history: list[Mark] = Field(description="how the newest runs ended, oldest first: 24 hours, or 14 days")


class DataDocs(BaseModel):
    """The pages of Great Expectations about the full runs."""

    built_at: datetime | None = Field(description="null: none were built so far")
    url: str = Field(description="relative to this API")


class Quality(BaseModel):
    """Whether the numbers can be trusted, as far as they were checked."""

    status: Literal["passed", "warning", "critical", "error", "late", "never"]
    headline: str
    plans: list[PlanStanding]
    bad_hours: int = Field(description="how many hours are not judged, of any family")
    newest_hour: datetime | None = Field(description="start of the newest complete hour")
    bad_families: list[str] = Field(description="families whose newest hour is not judged")
    data_docs: DataDocs


def run(row: Row, pages: dict[str, str]) -> Run:
    """Of a row of ``api/quality/run.sql``. ``pages``: Airflow's run → its page."""
    return Run(**_fields(row, pages))


def run_detail(row: Row, pages: dict[str, str], results: list[Row]) -> RunDetail:
    """The same with its results."""
    return RunDetail(**_fields(row, pages), results=[result(each) for each in results])


def result(row: Row) -> Result:
    """Of a row of ``api/quality/results.sql``."""
    return Result(
        **{name: value for name, value in row.items() if name in Result.model_fields}, check=row["check_name"]
    )


def _fields(row: Row, pages: dict[str, str]) -> dict[str, Any]:
    started, finished = row["started_at"], row["finished_at"]
    state: RunState = "finished"
    if finished is None:
        state = "running" if row["read_at"] - started < RUNNING_FOR else "killed"
    return {
        **{name: value for name, value in row.items() if name in Run.model_fields},
        "seconds": None if finished is None else max(0.0, round((finished - started).total_seconds(), 2)),
        "state": state,
        "dag_run_url": pages.get(row["dag_run_id"]),
    }
