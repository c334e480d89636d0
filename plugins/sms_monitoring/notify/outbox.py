"""The outbox: what is to be said, in which channel, and how far that has come.

One row an incident, channel, event and sequence. What follows the beginning of an incident in a channel waits until
that was told there, by a trigger or by an escalation.

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
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Message

# Far longer than any one delivery can take with its time-outs.
LEASE = timedelta(minutes=5)
# A row with which so many workers in a row died may be what they died of.
SUSPECT_AFTER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row that ``worker`` may deliver now.

    :param message: as stored; see :meth:`sms_monitoring.notify.message.Message.from_json`.
    :param attempts: how often it was claimed, this time included; it tells this claim from every other.
    :param age: since it was put into the outbox.
    """

    id: int
    worker: str
    message: dict[str, Any]
    attempts: int
    age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A row that waits; ``message`` as in :class:`Claim`."""

    id: int
    message: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The ``first`` of ``total`` rows that wait."""

    first: tuple[Waits, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a channel still has to deliver, claims of other live workers aside.

    :param due: how much of ``total`` could be tried now (or waits for the beginning of its incident to be told).
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
    silence_id: int | None = None,
) -> int | None:
    """Put ``message`` into the outbox, in the transaction that decided on it.

    :param incident_id: None for a test message or a notice only.
    :param suppressed_reason: why it is kept but not to be delivered; None: deliver it.
    :param silence_id: the silence or mute window that is the reason.
    :returns: the id of the row; None where this event and sequence of this incident was there already for the channel.
    :raises UnknownChannelError: when the channel does not exist.
    """
    params = {
        "incident_id": incident_id,
        "event": message.event,
        "channel": channel,
        "dedup_key": message.dedup_key,
        "message": Json(message.to_json()),
        "suppressed_reason": suppressed_reason,
        "sequence": message.sequence,
        "silence_id": silence_id,
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


def claim(
    conn: Connection,
    channel: str,
    worker: str,
    *,
    limit: int = 1,
    lease: timedelta = LEASE,
    suspects: bool = False,
    but_for: Collection[int] = (),
) -> list[Claim]:
    """Take up to ``limit`` rows that are due, so that nobody else delivers them until ``lease`` is over.

    Due is: pending and its time has come; held by a worker whose lease ran out; or held by this ``worker`` name, whose
    earlier process must be dead.

    :param suspects: take of those with which a worker died :data:`SUSPECT_AFTER` times and more; else none of them.
    :param but_for: ids of rows that ``worker`` is still at work on.
    """
    params = {
        "channel": channel,
        "worker": worker,
        "max_rows": limit,
        "lease": lease,
        "suspects": suspects,
        "suspect_after": SUSPECT_AFTER,
        "but_for": list(but_for),
    }
    return [Claim(worker=worker, **row) for row in db.fetch_all(conn, "outbox/claim.sql", params)]


def renew(conn: Connection, claims: Sequence[Claim], *, lease: timedelta = LEASE) -> list[Claim]:
    """Hold ``claims`` for another ``lease``; returns those that were not lost."""
    held = {row["id"] for row in db.fetch_all(conn, "outbox/renew.sql", {**_keys(claims), "lease": lease})}
    return [claimed for claimed in claims if claimed.id in held]


def mark_sent(conn: Connection, claims: Sequence[Claim], *, note: str | None = None) -> int:
    """Record one delivery of all; ``note`` says what a reader should know of it. Returns how many were not lost."""
    return db.execute(conn, "outbox/mark_sent.sql", {**_keys(claims), "note": note})


def mark_retry(conn: Connection, claims: Sequence[Claim], error: str, *, retry_after: Sequence[timedelta]) -> int:
    """Try each again after its ``retry_after``. Returns how many were not lost."""
    params = {**_keys(claims), "error": error, "delays": list(retry_after)}
    return db.execute(conn, "outbox/mark_retry.sql", params)


def mark_failed(conn: Connection, claims: Sequence[Claim], errors: Sequence[str]) -> set[int]:
    """Give each up for good, for its own reason. Returns the ids of those that were not lost."""
    rows = db.fetch_all(conn, "outbox/mark_failed.sql", {**_keys(claims), "errors": list(errors)})
    return {row["id"] for row in rows}


def release(conn: Connection, claims: Sequence[Claim], error: str) -> int:
    """Hand them back uncounted: nothing is wrong with the rows. Returns how many were not lost."""
    return db.execute(conn, "outbox/release.sql", {**_keys(claims), "error": error})


def expire(conn: Connection, channel: str, error: str, *, max_age: timedelta) -> list[Waits]:
    """Give up for good what is older than ``max_age`` and waits for nothing but the channel; returns it."""
    rows = db.fetch_all(conn, "outbox/expire.sql", {"channel": channel, "error": error, "max_age": max_age})
    return [Waits(**row) for row in rows]


def hold(conn: Connection, channel: str, error: str, *, pause: timedelta | None = None) -> None:
    """Write on every waiting row of the channel why it waits, and try none before ``pause`` is over."""
    db.execute(conn, "outbox/hold.sql", {"channel": channel, "error": error, "pause": pause})


def suppress(conn: Connection, channel: str) -> int:
    """Suppress what must not be said any more, before anything is claimed; returns how many.

    That is: what a silence, a mute window or a graver incident holds back now; what is no longer true; and
    :func:`suppress_undeliverable`.
    """
    done = sum(
        db.execute(conn, f"outbox/suppress_{why}.sql", {"channel": channel}) for why in ("superseded", "held_back")
    )
    return done + suppress_undeliverable(conn, channel)


def suppress_undeliverable(conn: Connection, channel: str) -> int:
    """Suppress what follows a beginning that failed, was suppressed or never existed here; returns how many."""
    return db.execute(conn, "outbox/suppress_undeliverable.sql", {"channel": channel})


def waiting(conn: Connection, channel: str, worker: str) -> Waiting:
    """What the channel still has to deliver, as ``worker`` sees it."""
    row = db.fetch_one(conn, "outbox/waiting.sql", {"channel": channel, "worker": worker})
    if row is None:
        raise RuntimeError("a query for totals came back without a row")
    return Waiting(**row)


def next_waiting(conn: Connection, channel: str, *, but_for: str, limit: int) -> Queue:
    """What waits in the channel, the gravest ``limit`` of it, without what is about the alert type ``but_for``."""
    params = {"channel": channel, "but_for": but_for, "max_rows": limit}
    rows = db.fetch_all(conn, "outbox/next_waiting.sql", params)
    first = tuple(Waits(id=row["id"], message=row["message"]) for row in rows)
    return Queue(first=first, total=rows[0]["total"] if rows else 0)


def channels_due(conn: Connection) -> list[str]:
    """The channels that have something to deliver now."""
    return [row["channel"] for row in db.fetch_all(conn, "outbox/channels_due.sql")]


def _keys(claims: Sequence[Claim]) -> dict[str, Any]:
    """What names these very claims in SQL: all of one worker."""
    [worker] = {claimed.worker for claimed in claims}
    return {
        "ids": [claimed.id for claimed in claims],
        "attempts": [claimed.attempts for claimed in claims],
        "worker": worker,
    }
