"""What the tests read of the simulated tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.db import Connection

_ALERT_VALUES = Path(__file__).with_name("alert_values.sql").read_bytes()

# Alert type → the values that are clearly a breach, and those that are clearly none. The alerts' own thresholds
# (90, 50, 2, 10 and 20) lie between, with room for the uncertainty of a rate.
CLEARLY_BREACHED = {
    "delivery_rate_critical": lambda value: value < 60,
    "llm_failure_critical": lambda value: value > 75,
    "llm_cost_spike_warning": lambda value: value > 2.4,
    "opt_out_rate_warning": lambda value: value > 14,
    "daily_limit_hit_warning": lambda value: value > 24,
}
CLEARLY_FINE = {
    "delivery_rate_critical": lambda value: value > 93,
    "llm_failure_critical": lambda value: value < 10,
    "llm_cost_spike_warning": lambda value: value < 1.6,
    "opt_out_rate_warning": lambda value: value < 2,
    "daily_limit_hit_warning": lambda value: value < 10,
}


def alert_values(conn: Connection, at: datetime) -> dict[str, float]:
    """What each alert sees in its run at ``at``; nothing dated later may be in the tables."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_ALERT_VALUES, {"at": at}).fetchone()
    assert row is not None
    return {alert_type: float(value) for alert_type, value in row.items()}


def breached(values: dict[str, float]) -> set[str]:
    """The alerts that clearly fire; each of the others must clearly not."""
    fires = {name for name, value in values.items() if CLEARLY_BREACHED[name](value)}
    undecided = {name: values[name] for name in values.keys() - fires if not CLEARLY_FINE[name](values[name])}
    assert not undecided, f"neither clearly a breach nor clearly fine: {undecided}"
    return fires


def value(conn: Connection, query: str, *parameters: Any) -> Any:
    """The one value of a query."""
    row = conn.execute(query.encode(), parameters or None).fetchone()
    assert row is not None
    return row[0]


def fingerprint(conn: Connection) -> tuple[str | None, str | None]:
    """Equal for equal contents of both tables, in whatever order the rows were written."""
    return (
        value(conn, "SELECT md5(string_agg(m::text, ';' ORDER BY m.id)) FROM sms_messages AS m"),
        value(conn, "SELECT md5(string_agg(u::text, ';' ORDER BY u.user_id)) FROM user_sms_preferences AS u"),
    )


def use_schema(conn: Connection, name: str) -> None:
    """Go on in an empty schema of its own, made if absent: room for a second history."""
    conn.execute(f"CREATE SCHEMA IF NOT EXISTS {name}; SET search_path = {name}".encode())
