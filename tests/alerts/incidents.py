"""Incidents, silences and mute windows, every column with a sensible default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import dict_row

from tests.product import at

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.db import Connection

CRITICAL, WARNING = "delivery_rate_critical", "delivery_rate_warning"


def insert(conn: Connection, table: str, **row: Any) -> Any:
    """One row; returns its id."""
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    return conn.execute(statement, row).fetchone()[0]


def incident(conn: Connection, alert_type: str = CRITICAL, entity: str = "all", **row: Any) -> UUID:
    """An incident that began at 10:00, of the severity in its name; open unless ``resolved_at`` is given."""
    defaults = {
        "severity": alert_type.rpartition("_")[2]
        if alert_type.endswith(("info", "warning", "critical"))
        else "critical",
        "triggered_at": at("10:00"),
        "message": "it broke",
        "resolved_by": "recovery" if row.get("resolved_at") else None,
    }
    return insert(conn, "sms_alert_history", **{"alert_type": alert_type, "entity": entity, **defaults, **row})


def silence(conn: Connection, **row: Any) -> int:
    """A silence by ann from 09:00 to 14:00, of everything."""
    defaults = {"author": "ann", "reason": "carrier maintenance", "starts_at": at("09:00"), "expires_at": at("14:00")}
    return insert(conn, "sms_alert_silences", **{**defaults, **row})


def mute(conn: Connection, local_start: str, local_end: str, time_zone: str, **row: Any) -> int:
    """A mute window by bob, of everything, every day, without an end."""
    window = {"local_start": local_start, "local_end": local_end, "time_zone": time_zone}
    defaults = {"author": "bob", "reason": "quiet hours", "starts_at": at("2000-01-01 00:00")}
    return insert(conn, "sms_alert_silences", **{**defaults, **window, **row})


def suppression(
    conn: Connection,
    alert_type: str = CRITICAL,
    entity: str = "all",
    severity: str = "critical",
    when: str | datetime = "12:00",
    incident_id: UUID | None = None,
) -> dict[str, Any] | None:
    """What ``sms_alert_suppression`` answers; never more than one row."""
    moment = at(when) if isinstance(when, str) else when
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM sms_alert_suppression(%s, %s, %s, %s, %s)",
            (alert_type, entity, severity, moment, incident_id),
        ).fetchall()
    assert len(rows) <= 1
    return rows[0] if rows else None


def reason(conn: Connection, *args: Any, **kwargs: Any) -> str | None:
    """Only why it is held back; None: it is not."""
    found = suppression(conn, *args, **kwargs)
    return found and found["reason"]


def of_incident(conn: Connection, incident_id: UUID) -> str | None:
    """Why the notifications of a stored incident are held back."""
    return conn.execute(
        "SELECT s.reason FROM sms_alert_history AS h LEFT JOIN LATERAL"
        " sms_alert_suppression(h.alert_type, h.entity, h.severity, now(), h.id) AS s ON true WHERE h.id = %s",
        (incident_id,),
    ).fetchone()[0]
