"""The schema itself: columns and types, keys and indexes, partitions. From PostgreSQL's catalogue alone."""

from __future__ import annotations

from sms_monitoring.quality.model import Check, Suite
from sms_monitoring.quality.suites.build import SOURCE_OWNER, between, critical, holds, none_of, warning
from sms_monitoring.quality.suites.words import COLUMNS as EXPECTED_COLUMNS
from sms_monitoring.quality.suites.words import KEYS, SPEEDING
from sms_monitoring.sources import CONTRACT


def _has_columns(table: str, columns: tuple[str, ...]) -> Check:
    return critical(
        f"{table}_columns",
        holds("definition", (f"{table}.{column}" for column in columns)),
        f"What reads {table} counts on these columns, types and constraints: one that is renamed or changed breaks it.",
    )


def _keeps_contract(view: str) -> Check:
    family = {"source_messages": "delivery", "source_generations": "generation", "source_engagement": "engagement"}
    return critical(
        f"{view}_columns",
        holds("definition", (f"{view}.{column} {kind}" for column, kind in CONTRACT[view].items())),
        "The source contract: without these columns the view's hours can no longer be aggregated.",
        owner=SOURCE_OWNER,
        families=(family[view],) if view in family else (),
    )


COLUMNS = Suite(
    name="schema_columns",
    rows="schema_columns",
    checks=(
        *(_has_columns(table, columns) for table, columns in EXPECTED_COLUMNS.items()),
        *(_keeps_contract(view) for view in CONTRACT),
    ),
)

INDEXES = Suite(
    name="schema_indexes",
    rows="schema_indexes",
    checks=(
        *(
            critical(
                f"{table}_keys",
                holds("index_name", names),
                "Without its unique index rows can be doubled, and a view cannot be refreshed while it is read.",
            )
            for table, names in KEYS.items()
        ),
        warning(
            "indexes_present",
            holds("index_name", SPEEDING),
            "Without this index the hourly run slows down with history.",
        ),
    ),
)

PARTITIONS = Suite(
    name="partitions",
    rows="partitions",
    checks=(
        critical(
            "made_ahead",
            between("days_ahead", 2, None),
            "Without a partition for its day nothing is stored from midnight (UTC) on; see sms_daily_retention.",
        ),
        critical(
            "no_gaps", none_of("gaps"), "A day between two others has no partition: its rows are gone or refused."
        ),
        warning(
            "no_default_partition",
            none_of("default_partitions"),
            "Rows in a default partition block the partition they belong to, and no retention ever drops them.",
        ),
        warning(
            "retention_keeps_up",
            between("days_overdue", None, 7),
            "Partitions past their keep_days are still there: sms_daily_retention does not run, or cannot drop them.",
        ),
        warning(
            "row_security_on",
            none_of("without_row_security"),
            "A role that is granted the partition itself would see the rows of all users.",
        ),
    ),
)
