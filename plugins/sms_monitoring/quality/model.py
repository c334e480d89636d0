"""The words of data quality. Light to import: Great Expectations is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    from sms_monitoring.timeframe import Window


class Plan(StrEnum):
    """What is checked together: ``sms_quality_runs.plan``."""

    GATE = "gate"
    """The hour just written, before it is judged."""
    FULL = "full"
    """Everything, once a day."""


class Severity(StrEnum):
    """How bad it is when a check fails."""

    CRITICAL = "critical"
    """The numbers are wrong: they are not to be judged."""
    WARNING = "warning"
    """Somebody should look; the numbers stand."""


class Status(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """It could not be run: nothing is known, and nothing has passed."""


class Verdict(StrEnum):
    """What came of a run: its gravest result."""

    PASSED = "passed"
    WARNING = "warning"
    CRITICAL = "critical"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation, and what people need to know about it.

    :param name: unique within its suite, and what the corruption table names: ``delivered_at_most_sent``.
    :param expectation: as Great Expectations takes it.
    :param reason: why it matters, in a sentence.
    :param owner: who mends it.
    :param families: metric families whose numbers are in doubt when it fails; none: of no single one.
    """

    name: str
    expectation: Expectation
    severity: Severity
    reason: str
    owner: str
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The checks of one set of rows.

    :param name: of the rows: ``sms_metrics_hourly``.
    :param rows: the SELECT behind them, ``include/sql/quality/rows/<rows>.sql``. It reads the time to look at from the
        session: ``current_setting('sms_monitoring.window_start')::timestamptz``, ``window_end`` and ``now``.
    """

    name: str
    rows: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found: a row of ``sms_quality_results``.

    :param expectation: the class of Great Expectations.
    :param expected: its arguments, as JSON.
    :param observed: what it saw, as JSON; masked.
    :param failing_rows: at most 20, masked.
    :param error: why it could not be run; None unless status is ``error``.
    """

    suite: str
    check: str
    severity: Severity
    status: Status
    expectation: str
    expected: dict[str, Any] = field(default_factory=dict)
    observed: Any = None
    element_count: int | None = None
    unexpected_count: int | None = None
    failing_rows: tuple[dict[str, Any], ...] = ()
    reason: str
    owner: str
    families: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of a plan found, over one window.

    :param error: why the run as a whole ended early; the results are then those until there.
    """

    plan: Plan
    window: Window
    results: tuple[CheckResult, ...] = ()
    error: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The gravest of the results; an error is never a pass, and a run without a result is one."""
        if self.error is not None or not self.results or any(one.status is Status.ERROR for one in self.results):
            return Verdict.ERROR
        failed = {one.severity for one in self.results if one.status is Status.FAILED}
        if Severity.CRITICAL in failed:
            return Verdict.CRITICAL
        return Verdict.WARNING if failed else Verdict.PASSED
