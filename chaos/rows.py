"""Writes a plan's rows, and the incidents that they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chaos.tokens import Token
from chaos.world import chaos_sql
from sms_monitoring.notify import outbox
from sms_monitoring.notify.message import Message

if TYPE_CHECKING:
    from chaos.plan import Plan, Row
    from sms_monitoring.db import Connection


def write_rows(conn: Connection, plan: Plan, round_number: int) -> dict[int, int]:
    """Put the rows of a round into the outbox, each in a transaction of its own.

    :returns: id of a row → its place in the plan.
    """
    written: dict[int, int] = {}
    for place, row in enumerate(plan.rows):
        if row.round != round_number:
            continue
        incident = incident_id(plan, row.incident)
        facts = {"id": incident, "entity": f"chaos-{row.incident}", "severity": row.severity, "event": row.event}
        with conn.transaction():
            conn.execute(chaos_sql("incident"), facts)
            conn.execute(chaos_sql("over"), facts)
            message = _message(plan, place, row, incident)
            row_id = outbox.enqueue(conn, message, channel=plan.channel, incident_id=incident)
        if row_id is None:
            raise RuntimeError(f"the outbox did not take row {place} of run {plan.number}: it was there before")
        written[row_id] = place
    return written


def incident_id(plan: Plan, incident: int) -> UUID:
    """The id of a run's incident; the same whenever that run is repeated."""
    return UUID(int=(plan.seed % 2**32 << 64) + (plan.number << 16) + incident)


def _message(plan: Plan, place: int, row: Row, incident: UUID) -> Message:
    return Message(
        event=row.event,
        severity=row.severity,
        alert_type="delivery_rate_critical",
        # Short, so that a text message has room for all.
        entity="all",
        dedup_key=f"sms-monitoring/{incident}",
        title=str(Token(plan.number, place, 0)),
        summary="",
        occurred_at=datetime(2026, 11, 1, tzinfo=UTC),
        sequence=row.sequence,
    )
