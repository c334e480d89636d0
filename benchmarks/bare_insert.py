"""Composes the one bare ``INSERT … SELECT`` that writes what a recomputation writes, out of the same SQL files."""

from __future__ import annotations

import re

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.sqlfiles import read_sql

# The columns of sms_facts, and what a column holds that a family does not fill.
_FACT_COLUMNS = {
    "metric_hour": "NULL::timestamptz",
    "user_id": "NULL::text",
    "metric_type": "NULL::text",
    "value": "NULL::numeric",
    "observations": "1::bigint",
    "carrier": "NULL::text",
    "campaign": "NULL::text",
    "changed_at": "NULL::timestamptz",
}
_INSERT_FACTS = re.compile(r"INSERT INTO sms_facts \(([^)]*)\)")


def bare_insert(prefix: str) -> str:
    """The statement that fills two empty tables from the source views, for the window bound to it.

    The facts of every family become one common table expression named ``sms_facts``, like the temporary table it
    stands for; one data-modifying expression writes the rows per user, the statement itself the rollup.

    :param prefix: what the names of the two tables have before ``sms_metrics`` and ``sms_metrics_hourly``.
    :raises ValueError: when one of the SQL files has another form than this composition knows.
    """
    families = [family for family in FAMILIES.values() if family.source_view is not None]
    named, selected = zip(*(_facts_of(family.name, read_sql(family.sql("facts"))) for family in families), strict=True)
    insert_metrics = _into(prefix, "sms_metrics", "aggregates/steps/insert_metrics.sql")
    insert_rollup = _into(prefix, "sms_metrics_hourly", "aggregates/steps/insert_rollup.sql")
    rollup_expressions, insert_rollup = insert_rollup.split("INSERT INTO", 1)
    return (
        f"WITH {', '.join(named)}, sms_facts AS ({' UNION ALL '.join(selected)}), inserted AS ({insert_metrics}),"
        f" {re.sub(r'^.*?WITH ', '', rollup_expressions, flags=re.DOTALL)} INSERT INTO{insert_rollup}"
    )


def _facts_of(name: str, statement: str) -> tuple[str, str]:
    """A family's facts as a named expression, and the SELECT that brings it into the columns of sms_facts."""
    found = _INSERT_FACTS.search(statement)
    if found is None:
        raise ValueError(f"aggregates/{name}/facts.sql holds no INSERT INTO sms_facts (columns …)")
    columns = [column.strip() for column in found[1].split(",")]
    select = _INSERT_FACTS.sub("", statement)
    all_columns = ", ".join(
        column if column in columns else f"{default} AS {column}" for column, default in _FACT_COLUMNS.items()
    )
    return (
        f"{name}_facts ({', '.join(columns)}) AS ({select})",
        f"SELECT {all_columns} FROM {name}_facts",  # noqa: S608 - out of our own SQL files
    )


def _into(prefix: str, table: str, file: str) -> str:
    statement, number = re.subn(rf"INSERT INTO {table} ", f"INSERT INTO {prefix}{table} ", read_sql(file))
    if number != 1:
        raise ValueError(f"{file} must insert into {table} once, and does so {number} times")
    return statement
