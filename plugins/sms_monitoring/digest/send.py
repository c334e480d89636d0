"""Sends a day's digest once to a list of recipients, however often and by however many it is asked."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sms_monitoring import db
from sms_monitoring.digest.data import read_digest
from sms_monitoring.digest.localday import local_day
from sms_monitoring.digest.mail import DigestSendError, compose, deliver, read_sender
from sms_monitoring.digest.recipients import normalise
from sms_monitoring.digest.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from sms_monitoring.db import Connection

log = logging.getLogger(__name__)

# Far longer than reading, drawing and handing over take; a worker that has been silent for so long is dead.
LEASE = timedelta(minutes=10)
LOOK_AGAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to send; ``attempt`` grows each time someone takes it over."""

    digest_date: date
    recipients: tuple[str, ...]
    attempt: int
    message_id: UUID

    def params(self, **more: Any) -> dict[str, Any]:
        return {**_key(self.digest_date, self.recipients), "attempts": self.attempt, **more}


def send_digest(
    conn: Connection,
    digest_date: date,
    recipients: str | Iterable[str],
    timezone: str,
    smtp_conn_id: str = "sms_monitoring_smtp",
    *,
    worker: str,
    lease: timedelta = LEASE,
    sleep: Callable[[float], None] = time.sleep,
) -> Literal["sent", "already_sent"]:
    """Send the digest of ``digest_date``, a day that is over in the IANA zone ``timezone``.

    The claim on (date, recipients) is a row of ``sms_digest_log``. Where another live worker holds it, this
    waits until that one has sent, failed, or been silent for the length of its ``lease``. A mail comes twice
    only where a worker died, or the server's answer was lost, after the server took the first; both then
    carry the same Message-ID.

    :param conn: an autocommit connection with no transaction open.
    :param worker: who sends; a task that runs again gives the same name and takes over at once.
    :raises ValueError: for a malformed address, an unknown time zone, or a day that is not over.
    :raises ConfigurationError: when the Airflow connection is missing or incomplete; says how to set it.
    :raises DigestSendError: when the mail server does not take the mail. In each case the digest stays unsent.
    """
    addresses = normalise(recipients)
    end = local_day(digest_date, timezone).window.end
    if datetime.now(UTC) < end:
        raise ValueError(
            f"{digest_date} is not over in {timezone} before {end:%Y-%m-%d %H:%M} UTC; a digest is sent once"
        )

    claim = _claim(conn, digest_date, addresses, worker, lease)
    while claim is None:
        if _is_sent(conn, digest_date, addresses):
            log.info("The digest of %s was sent before; nothing to do", digest_date)
            return "already_sent"
        log.info("Another worker is sending the digest of %s; waiting for it", digest_date)
        sleep(LOOK_AGAIN_SECONDS)
        claim = _claim(conn, digest_date, addresses, worker, lease)
    return _send(conn, claim, timezone, smtp_conn_id, lease)


def _send(
    conn: Connection, claim: _Claim, timezone: str, smtp_conn_id: str, lease: timedelta
) -> Literal["sent", "already_sent"]:
    try:
        sender = read_sender(smtp_conn_id)
        digest = render(read_digest(conn, claim.digest_date, timezone))
        mail = compose(
            digest,
            sender=sender,
            recipients=claim.recipients,
            message_id=claim.message_id,
            sent_at=datetime.now(UTC),
        )
        if not db.execute(conn, "digest/renew_claim.sql", claim.params(lease=lease)):
            raise DigestSendError("another worker took this digest over, since this one was silent for too long")
        refused = deliver(mail, smtp_conn_id)
    except Exception as error:
        db.execute(conn, "digest/mark_failed.sql", claim.params(error=str(error)))
        raise
    db.execute(conn, "digest/mark_sent.sql", claim.params(note=refused))
    if refused:
        log.warning("The digest of %s went out, but not to everyone: %s", claim.digest_date, refused)
    return "sent"


def _claim(
    conn: Connection, digest_date: date, recipients: tuple[str, ...], worker: str, lease: timedelta
) -> _Claim | None:
    params = {**_key(digest_date, recipients), "worker": worker, "lease": lease}
    row = db.fetch_one(conn, "digest/claim.sql", params)
    return None if row is None else _Claim(digest_date, recipients, row["attempts"], row["message_id"])


def _is_sent(conn: Connection, digest_date: date, recipients: tuple[str, ...]) -> bool:
    row = db.fetch_one(conn, "digest/is_sent.sql", _key(digest_date, recipients))
    return row is not None and bool(row["sent"])


def _key(digest_date: date, recipients: tuple[str, ...]) -> dict[str, Any]:
    return {"digest_date": digest_date, "recipients": ",".join(recipients)}
