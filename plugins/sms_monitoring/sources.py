"""The source contract: what aggregation reads of a product, and the presets that provide it.

Aggregation reads three views and nothing else; the webhook's receipts need a fourth, which a preset may have.
A preset is a folder ``include/sql/sources/<preset>`` with one file a view; for tables of your own, write such a folder
and install it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from sms_monitoring.sqlfiles import list_sql, read_sql, sql_root

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

# view → column → PostgreSQL type. Every time is when the thing happened, null where it did not;
# changed_at is when the row last changed and is what late receipts are found by.
CONTRACT: dict[str, dict[str, str]] = {
    "source_messages": {
        "message_id": "text",
        "user_id": "text",
        "carrier": "text",
        "campaign": "text",
        "scheduled_at": "timestamp with time zone",
        "sent_at": "timestamp with time zone",
        "delivered_at": "timestamp with time zone",
        "failed_at": "timestamp with time zone",
        "cancelled_at": "timestamp with time zone",
        "sms_cost_usd": "numeric",
        "changed_at": "timestamp with time zone",
    },
    "source_generations": {
        "user_id": "text",
        "campaign": "text",
        "generated_at": "timestamp with time zone",
        "outcome": "text",
        "duration_ms": "numeric",
        "cost_usd": "numeric",
        "changed_at": "timestamp with time zone",
    },
    "source_engagement": {
        "user_id": "text",
        "campaign": "text",
        "event": "text",
        "occurred_at": "timestamp with time zone",
        "changed_at": "timestamp with time zone",
    },
    # Optional: which message a delivery receipt of the webhook is about. Without one of the preset, the schema's own,
    # which is empty, stays.
    "source_message_sids": {
        "message_sid": "text",
        "sent_at": "timestamp with time zone",
    },
}

# The metric types that each view answers for once it is installed.
DERIVED_METRICS: dict[str, tuple[str, ...]] = {
    "source_messages": (
        "scheduled_count",
        "sent_count",
        "delivered_count",
        "failed_count",
        "cancelled_count",
        "avg_delivery_time_ms",
        "sms_cost_usd",
    ),
    "source_generations": (
        "llm_success_count",
        "template_fallback_count",
        "llm_cost_usd",
        "avg_generation_time_ms",
    ),
    "source_engagement": ("opt_out_count", "quiet_hours_skip_count", "daily_limit_hit_count"),
}


class SourceContractError(RuntimeError):
    """A source view is missing or has not the columns that aggregation reads."""


def presets() -> list[str]:
    """Names of the presets that come with the bundle (or stand in ``SMS_MONITORING_SQL_DIR``)."""
    return sorted(path.name for path in (sql_root() / "sources").iterdir() if path.is_dir())


def install_preset(conn: Connection, preset: str) -> list[str]:
    """Create or replace a preset's views and hand their metric types over to aggregation.

    :returns: names of the views installed.
    :raises ValueError: for a preset that does not exist.
    :raises SourceContractError: when a view does not keep the contract; nothing is changed then.
    """
    if preset not in presets():
        raise ValueError(f"no source preset {preset!r}; there are: {', '.join(presets())}")
    files = list_sql(f"sources/{preset}")
    views = [name.rsplit("/", 1)[1].removesuffix(".sql") for name in files]
    with conn.transaction():
        for name, view in zip(files, views, strict=True):
            # CREATE OR REPLACE could neither drop a column nor change its type.
            conn.execute(sql.SQL("DROP VIEW IF EXISTS {}.{}").format(*map(sql.Identifier, (_schema(conn), view))))
            conn.execute(read_sql(name).encode())
        for view in views:
            check_contract(conn, view)
            conn.execute(
                "UPDATE sms_metric_types SET origin = 'derived' WHERE metric_type = ANY(%s)",
                (list(DERIVED_METRICS.get(view, ())),),
            )
    return views


def _schema(conn: Connection) -> str:
    row = conn.execute("SELECT current_schema()").fetchone()
    return str(row[0]) if row else "public"


def check_contract(conn: Connection, view: str) -> None:
    """See that ``view`` exists with the columns and types of :data:`CONTRACT`.

    :raises SourceContractError: naming the view, each column at fault, and what is expected; or what may not be read.
    """
    rows = conn.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        (view,),
    ).fetchall()
    if not rows:
        raise SourceContractError(
            f"source view {view} does not exist; install a preset ({', '.join(presets())}) or create the view"
        )
    found: dict[str, str] = dict(rows)
    faults = [
        f"column {column} is {found[column]}, not {expected}"
        if column in found
        else f"column {column} ({expected}) is missing"
        for column, expected in CONTRACT[view].items()
        if found.get(column) != expected
    ]
    if faults:
        raise SourceContractError(
            f"source view {view} does not keep the contract: {'; '.join(faults)}."
            " See docs/ARCHITECTURE.md, source contract."
        )
    try:
        with conn.transaction():
            conn.execute(sql.SQL("SELECT 1 FROM {} LIMIT 0").format(sql.Identifier(view)))
    except InsufficientPrivilege as error:
        raise SourceContractError(
            f"source view {view} cannot be read: {error.diag.message_primary}; GRANT SELECT on it to {conn.info.user}"
        ) from error
