"""The outbox: what is to be said, in which channel, and how far that has come. One row an incident, event, channel.

Rows are claimed for the length of a lease, sent, and marked. Every mark names the attempt that was claimed: who has
lost the claim meanwhile, because the lease ran out or the task was started again, changes nothing. All times are
the database's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg.errors import ForeignKeyViolation
from psycopg.types.json import Json

from sms_monitoring import db
from sms_monitoring.notify.channels.base import UnknownChannelError

if TYPE_CHECKING:
    from uuid import UUID

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Message

# Far longer than any one delivery can take with its time-outs.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row that ``worker`` may deliver now.

    :param message: as stored; see :meth:`sms_monitoring.notify.message.Message.from_json`.
    :param attempts: how often it was claimed, this time included; it tells this claim from every other.
    """

    id: int
    worker: str
    message: dict[str, Any]
    attempts: int

    @property
    def key(self) -> dict[str, Any]:
        """What names this very claim in SQL."""
        return {"id": self.id, "worker": self.worker, "attempts": self.attempts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a channel still has to deliver, claims of other live workers aside.

    :param due: how much of ``total`` could be tried now (or waits for its trigger to be delivered).
    :param next_attempt_at: when the first of the rest may be tried.
    :param last_error: why it was not delivered yet, where something was tried.
    """

    total: int
    due: int
    next_attempt_at: datetime | None
    last_error: str | None


def enqueue(
    conn: Connection,
    message: Message,
    *,
    channel: str,
    incident_id: UUID | None = None,
    suppressed_reason: str | None = None,
) -> int | None:
    """Put ``message`` into the outbox, in the transaction that decided on it.

    :param incident_id: None for a test message only.
    :param suppressed_reason: why it is kept but not to be delivered; None: deliver it.
    :returns: the id of the row; None where this event of this incident was there already for the channel.
    :raises UnknownChannelError: when the channel does not exist.
    """
    params = {
        "incident_id": incident_id,
        "event": message.event,
        "channel": channel,
        "dedup_key": message.dedup_key,
        "message": Json(message.to_json()),
        "suppressed_reason": suppressed_reason,
    }
    try:
        with conn.transaction():
            row = db.fetch_one(conn, "outbox/enqueue.sql", params)
    except ForeignKeyViolation as error:
        if "channel" not in (error.diag.constraint_name or ""):
            raise
        raise UnknownChannelError(
            f"notification channel {channel!r} does not exist; a channel is a row of sms_notification_channels "
            "and a module in sms_monitoring/notify/channels"
        ) from error
    return None if row is None else int(row["id"])


def claim(conn: Connection, channel: str, worker: str, *, limit: int = 1, lease: timedelta = LEASE) -> list[Claim]:
    """Take up to ``limit`` rows that are due, so that nobody else delivers them until ``lease`` is over.

    Due is: pending and its time has come; held by a worker whose lease ran out; or held by this ``worker`` name, whose
    earlier process must be dead. A resolve is due only once the trigger of its incident was delivered in this channel.
    """
    params = {"channel": channel, "worker": worker, "max_rows": limit, "lease": lease}
    return [Claim(worker=worker, **row) for row in db.fetch_all(conn, "outbox/claim.sql", params)]


def mark_sent(conn: Connection, claimed: Claim, *, note: str | None = None) -> bool:
    """Record the delivery; ``note`` says what a reader should know of it. False where the claim was lost."""
    return db.execute(conn, "outbox/mark_sent.sql", {**claimed.key, "note": note}) == 1


def mark_retry(conn: Connection, claimed: Claim, error: str, *, retry_after: timedelta) -> bool:
    """Try again after ``retry_after``. False where the claim was lost."""
    return db.execute(conn, "outbox/mark_retry.sql", {**claimed.key, "error": error, "delay": retry_after}) == 1


def mark_failed(conn: Connection, claimed: Claim, error: str) -> bool:
    """Give up for good. False where the claim was lost."""
    return db.execute(conn, "outbox/mark_failed.sql", {**claimed.key, "error": error}) == 1


def release(conn: Connection, claimed: Claim, error: str) -> bool:
    """Hand the claim back uncounted: nothing is wrong with the row. False where the claim was lost."""
    return db.execute(conn, "outbox/release.sql", {**claimed.key, "error": error}) == 1


def hold(conn: Connection, channel: str, error: str, *, pause: timedelta | None = None) -> None:
    """Write on every waiting row of the channel why it waits, and try none before ``pause`` is over."""
    db.execute(conn, "outbox/hold.sql", {"channel": channel, "error": error, "pause": pause})


def suppress_undeliverable(conn: Connection, channel: str) -> int:
    """Suppress each resolve whose trigger failed, was suppressed or never existed here; returns how many."""
    return db.execute(conn, "outbox/suppress_undeliverable.sql", {"channel": channel})


def waiting(conn: Connection, channel: str, worker: str) -> Waiting:
    """What the channel still has to deliver, as ``worker`` sees it."""
    row = db.fetch_one(conn, "outbox/waiting.sql", {"channel": channel, "worker": worker})
    if row is None:
        raise RuntimeError("a query for totals came back without a row")
    return Waiting(**row)
