"""Where receipts go: one row a message, whatever the order in which its callbacks arrive."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sms_monitoring import db

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.webhooks.twilio_status import Receipt


def store(conn: Connection, receipt: Receipt) -> None:
    """Store what became of a message, and mark the hour it was sent for the next aggregation to count again.

    One statement, so one transaction. Repeating it changes nothing, and the order of two makes no difference.
    A message that the product has not committed yet is marked by its commit, as every new row of the product is.
    """
    db.execute(conn, "webhooks/store_receipt.sql", asdict(receipt))
