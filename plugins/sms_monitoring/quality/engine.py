"""Runs suites of checks by Great Expectations, and says what came of each in words of our own, masked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_monitoring.quality.faults import BrokenCheckerError, is_of_data, is_text_of_data
from sms_monitoring.quality.masking import Masker
from sms_monitoring.quality.model import CheckResult, Report, Status
from sms_monitoring.quality.outcome import check_result, error_result, exceptions, has_crashed, is_sampled
from sms_monitoring.quality.session import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.validator.v1_validator import Validator

    from sms_monitoring.quality.model import Check, Plan, Suite
    from sms_monitoring.quality.session import Session
    from sms_monitoring.timeframe import Window

log = logging.getLogger(__name__)

# No values of failing rows: the database then reads none to find them. Those of failed checks are asked for afterwards.
COUNTED = {"result_format": "BASIC", "partial_unexpected_count": 0}
SAMPLED = {"result_format": "BASIC", "partial_unexpected_count": 20, "include_unexpected_rows": True}


@dataclass(slots=True)
class Run:
    """A report and what it took.

    :param statements: how many the library ran, and
    :param seconds: how long the database took for them.
    """

    report: Report
    statements: int = 0
    seconds: float = 0.0


def run_suites(uri: str, suites: Sequence[Suite], window: Window, now: datetime, plan: Plan) -> Report:
    """Run every check of ``suites``; for the other parameters see :func:`run`."""
    return run(uri, lambda: suites, window, now, plan).report


def run(uri: str, load_suites: Callable[[], Sequence[Suite]], window: Window, now: datetime, plan: Plan) -> Run:
    """Run every check of the suites that ``load_suites`` gives over ``window``, in a read-only session of its own.

    Never raises for what is wrong with data, database or library. A check that could not be run for what it looks at
    (:mod:`sms_monitoring.quality.faults`) has the status ``error``; anything else ends the run, and the report has an
    error.

    :param uri: of the database, as psycopg takes it.
    :param now: what the checks take for the present.
    """
    masker, results = Masker(today=now.date()), []
    done = Run(report=Report(plan=plan, window=window))
    error = None
    try:
        with open_session(uri, window, now, plan) as session:
            for suite in load_suites():
                results += _run_suite(session, suite, masker)
            done.statements, done.seconds = session.statements, session.seconds
    except Exception as problem:
        # Not logged with its traceback, which quotes values.
        error = _told(problem, masker)
        log.error("the %s run over %s ended early: %s", plan, window, error)
    if error is None and results and all(one.status is Status.ERROR for one in results):
        # Whatever it looks like: not one check has seen anything.
        error = f"not one of {len(results)} checks could be run; the first: {results[0].error}"
        log.error("the %s run over %s: %s", plan, window, error)
    done.report = Report(plan=plan, window=window, results=tuple(results), error=error)
    return done


def _run_suite(session: Session, suite: Suite, masker: Masker) -> list[CheckResult]:
    from great_expectations import ExpectationSuite
    from great_expectations.validator.v1_validator import Validator

    try:
        validator = Validator(batch_definition=session.rows(suite.name, suite.rows), result_format=dict(COUNTED))
        asked = ExpectationSuite(name=suite.name, expectations=[_prepared(check) for check in suite.checks])
        found = {
            str(one.expectation_config.meta["check"]): one
            for one in validator.validate_expectation_suite(asked).results
            if one.expectation_config
        }
    except Exception as problem:
        if not is_of_data(problem):
            raise
        told = _told(problem, masker)
        return [error_result(suite, check, told) for check in suite.checks]
    # From here on each check by itself.
    validator.result_format = dict(SAMPLED)
    results = []
    for check in suite.checks:
        try:
            one = _looked_at(validator, check, found.get(check.name))
            results.append(check_result(suite, check, one, masker))
        except Exception as problem:
            if not is_of_data(problem):
                raise
            results.append(error_result(suite, check, _told(problem, masker)))
    return results


def _looked_at(
    validator: Validator, check: Check, first: ExpectationValidationResult | None
) -> ExpectationValidationResult:
    """The check once more by itself, if need be: to have a sample of its failing rows, or because the statement that
    it shared with others failed.

    :raises BrokenCheckerError: when what the library caught is no fault of the data.
    """
    crashed = first is None or _has_crashed(first)
    if first is not None and not crashed and (first.success or is_sampled(first)):
        return first
    again = validator.validate_expectation(_prepared(check))
    if first is not None and not crashed and (has_crashed(again) or again.success):
        return first  # the sample was not to be had, or the rows are mended by now: it failed all the same
    _has_crashed(again)
    return again


def _has_crashed(one: ExpectationValidationResult) -> bool:
    """Whether the check could not be run for what it looks at.

    :raises BrokenCheckerError: when it could not be run for anything else.
    """
    for text in exceptions(one.exception_info):
        if not is_text_of_data(text):
            raise BrokenCheckerError(text)
    return has_crashed(one)


def _prepared(check: Check) -> Expectation:
    """The check's expectation under the check's name; the check keeps its own."""
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    from sms_monitoring.quality.sampling import SampledRowsExpectation

    meta = {"check": check.name}
    if type(check.expectation) is UnexpectedRowsExpectation:
        return SampledRowsExpectation(unexpected_rows_query=check.expectation.unexpected_rows_query, meta=meta)
    return check.expectation.copy(update={"meta": meta}, deep=True)


def _told(problem: Exception, masker: Masker) -> str:
    return f"{type(problem).__name__}: {masker.error(str(problem))}"
