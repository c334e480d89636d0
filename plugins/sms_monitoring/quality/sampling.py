"""Rows that should not be, counted and sampled by one statement: an expectation of our own.

Imports Great Expectations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.metrics.query_metrics.query_table.query_table import QueryTable

if TYPE_CHECKING:
    from great_expectations.execution_engine.execution_engine import ExecutionEngine
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

SAMPLE = 20
METRIC = "sms_unexpected_rows.sample"
# Beside the columns of the check's own SELECT.
TOTAL = "__rows_in_all"


class SampledRowsMetric(QueryTable):
    """At most :data:`SAMPLE` rows of a SELECT, each with the number of all its rows."""

    metric_name = METRIC
    value_keys = ("unexpected_rows_query",)
    query_param_name: ClassVar[str] = "unexpected_rows_query"

    @classmethod
    def _get_substituted_batch_subquery_from_query_and_batch_selectable(
        cls,
        query: str,
        batch_selectable: Any,
        execution_engine: SqlAlchemyExecutionEngine,
        query_parameters: Any = None,
    ) -> str:
        # The name of the rows' view, so that the query may give it an alias; the library puts a subquery with one.
        rows: Any = execution_engine.batch_manager.active_batch_data
        return str(cls._format_query(query, batch=rows.source_table_name))

    @classmethod
    def _get_sqlalchemy_records_from_substituted_batch_subquery(
        cls,
        substituted_batch_subquery: str,
        execution_engine: SqlAlchemyExecutionEngine,
        fetch_all: bool = False,
    ) -> list[dict[str, Any]]:
        statement = (
            f'SELECT sampled.*, count(*) OVER () AS "{TOTAL}"'  # noqa: S608 - the query is our own SQL file
            f" FROM (\n{substituted_batch_subquery}\n) AS sampled LIMIT {SAMPLE}"
        )
        rows = execution_engine.execute_query(sa.text(statement)).fetchall()
        return [dict(row._asdict()) for row in rows]


class SampledRowsExpectation(UnexpectedRowsExpectation):
    """As ``UnexpectedRowsExpectation``, with the rows that it found.

    The library's own runs the query twice and reads all of its rows into memory before it shows none of them.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        rows: list[dict[str, Any]] = metrics[METRIC]
        total = int(rows[0][TOTAL]) if rows else 0
        sample = [{column: value for column, value in row.items() if column != TOTAL} for row in rows]
        return {"success": not rows, "result": {"observed_value": total, "details": {"unexpected_rows": sample}}}
