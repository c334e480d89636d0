"""Forgets the delivery receipts of messages whose hours can no longer be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring import db

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

# Rows that one transaction deletes: bounds how long it holds their locks.
BATCH = 10_000


def forget_receipts(conn: Connection, batch: int = BATCH) -> int:
    """Delete the receipts older than what retention has dropped of ``sms_metrics``; returns how many.

    They have no policy of their own: kept for less, an hour that is counted again would lose its deliveries; kept for
    longer, nothing would read them. They are not archived.
    """
    deleted = 0
    while rows := db.execute(conn, "retention/forget_receipts.sql", {"batch": batch}):
        deleted += rows
    return deleted
