"""The few ways in which the suites ask. Imports Great Expectations."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from great_expectations.expectations.core.expect_column_distinct_values_to_contain_set import (
    ExpectColumnDistinctValuesToContainSet,
)
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

from sms_monitoring.quality.model import Check, Severity
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from great_expectations.expectations.expectation import Expectation

# Who mends the numbers, and who mends what they are made from.
DATA_OWNER = "data-engineering"
SOURCE_OWNER = "product-engineering"


def critical(
    name: str, expectation: Expectation, reason: str, *, owner: str = DATA_OWNER, families: tuple[str, ...] = ()
) -> Check:
    """A check whose failure means that the numbers are wrong; see :class:`Check` for the rest."""
    return Check(
        name=name, expectation=expectation, severity=Severity.CRITICAL, reason=reason, owner=owner, families=families
    )


def warning(name: str, expectation: Expectation, reason: str, *, owner: str = DATA_OWNER) -> Check:
    """A check whose failure somebody should look into, while the numbers stand."""
    return Check(name=name, expectation=expectation, severity=Severity.WARNING, reason=reason, owner=owner)


def none_of(column: str) -> Expectation:
    """A count of faults, 0 in every row; nothing is asked of a null."""
    return ExpectColumnValuesToBeBetween(column=column, min_value=0, max_value=0)


def between(column: str, lowest: float | None, highest: float | None) -> Expectation:
    """Numbers from ``lowest`` to ``highest``, both included; None: without a bound. Nulls pass."""
    return ExpectColumnValuesToBeBetween(column=column, min_value=lowest, max_value=highest)


def at_least(column: str, other: str) -> Expectation:
    """In every row ``column`` is as large as ``other`` or larger; rows without either pass."""
    return ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=column, column_B=other, or_equal=True, ignore_row_if="either_value_is_missing"
    )


def filled(column: str) -> Expectation:
    """No nulls."""
    return ExpectColumnValuesToNotBeNull(column=column)


def unique(column: str) -> Expectation:
    """No value twice."""
    return ExpectColumnValuesToBeUnique(column=column)


def true(column: str) -> Expectation:
    """Neither false nor, by its SELECT, unknown."""
    return ExpectColumnValuesToBeInSet(column=column, value_set=[True])


def never(column: str) -> Expectation:
    """False throughout."""
    return ExpectColumnValuesToBeInSet(column=column, value_set=[False])


def one_of(column: str, *values: str) -> Expectation:
    """Only these values, or null."""
    return ExpectColumnValuesToBeInSet(column=column, value_set=list(values))


def holds(column: str, values: Iterable[str]) -> Expectation:
    """All of ``values`` are among those of the column."""
    return ExpectColumnDistinctValuesToContainSet(column=column, value_set=sorted(values))


def no_rows(name: str) -> Expectation:
    """``include/sql/quality/checks/<name>.sql`` selects nothing: for what no single set of rows can show."""
    query = read_sql(f"quality/checks/{name}.sql").replace("{", "{{").replace("}", "}}")
    # It prints that a query should be about the batch; ours are about several tables.
    with redirect_stdout(io.StringIO()):
        return UnexpectedRowsExpectation(unexpected_rows_query=query)
