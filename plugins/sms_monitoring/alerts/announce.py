"""Puts what is to be said about an incident into the outbox, or on record why it is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.alerts import store
from sms_monitoring.alerts.model import Cause
from sms_monitoring.notify import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Message


def announce(
    conn: Connection,
    message: Message,
    incident_id: UUID,
    channels: Iterable[str],
    now: datetime,
    *,
    cooling_down: bool = False,
) -> Cause | None:
    """Tell of a new incident, unless the cooldown, a silence, a mute window or a graver incident holds it back.

    :returns: what held it back; None: it goes out.
    """
    suppression = None if cooling_down else store.find_suppression(conn, incident_id, now)
    reason = Cause.COOLDOWN if cooling_down else suppression.reason if suppression else None
    for channel in channels:
        outbox.enqueue(
            conn,
            message,
            channel=channel,
            incident_id=incident_id,
            suppressed_reason=reason,
            silence_id=suppression.silence_id if suppression else None,
        )
    if reason is None:
        store.note_announced(conn, incident_id, now)
    return reason


def tell(conn: Connection, message: Message, incident_id: UUID, channels: Iterable[str]) -> None:
    """Say something more about an incident where its beginning was told."""
    for channel in channels:
        outbox.enqueue(conn, message, channel=channel, incident_id=incident_id)
