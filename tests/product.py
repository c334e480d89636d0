"""Writes rows of the BuildOS product, every column with a sensible default, so that a test names only what matters."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

ANN, BOB, CLEO = (str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in ("ann", "bob", "cleo"))


def at(text: str) -> datetime:
    """A UTC time: "10:30" on 10 March 2026, or "2026-03-11 10:30"."""
    return datetime.fromisoformat(text if "-" in text else f"2026-03-10 {text}").replace(tzinfo=UTC)


def add_message(conn: Connection, sent: str | datetime | None = "10:00", **columns: Any) -> str:
    """One message, sent (and scheduled an hour before) and delivered after ten seconds unless told otherwise."""
    sent_at = at(sent) if isinstance(sent, str) else sent
    scheduled = columns.pop("created_at", None) or (sent_at or at("10:00")) - timedelta(hours=1)
    row: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "user_id": ANN,
        "phone_number": "+15550100",
        "status": "delivered",
        "scheduled_for": sent_at or scheduled,
        "created_at": scheduled,
        "sent_at": sent_at,
        "delivered_at": sent_at + timedelta(seconds=10) if sent_at else None,
        **columns,
    }
    times = [value for key, value in row.items() if key.endswith("_at") and value is not None]
    row.setdefault("updated_at", max(times))
    insert = sql.SQL("INSERT INTO sms_messages ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
    )
    conn.execute(insert, row)
    return row["id"]


def receipt(conn: Connection, message_id: str, delivered_at: datetime, *, known_at: datetime | None = None) -> None:
    """A delivery receipt arrives for a message that was sent before."""
    conn.execute(
        "UPDATE sms_messages SET delivered_at = %s, status = 'delivered', updated_at = %s WHERE id = %s",
        (delivered_at, known_at or delivered_at, message_id),
    )


def add_opt_out(conn: Connection, user_id: str, opted_out_at: datetime) -> None:
    """A user opts out."""
    conn.execute(
        "INSERT INTO user_sms_preferences (user_id, phone_number, opted_out, opted_out_at, created_at, updated_at)"
        " VALUES (%s, '+15550100', true, %s, %s, %s)",
        (user_id, opted_out_at, opted_out_at, opted_out_at),
    )
