"""From the outbox to one channel: claim, send, mark, one row at a time, each step committed on its own.

Killed between any two steps, the next run goes on: a row that was claimed but not marked is claimed again. Delivery
is thus at least once; a far side that folds by ``dedup_key`` hears of an incident once.
"""

from __future__ import annotations

import logging
import random as random_module
import time
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import (
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
)
from sms_monitoring.notify.message import Message
from sms_monitoring.notify.retry import MAX_ATTEMPTS, next_attempt_delay

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.channels.base import Channel, Result
    from sms_monitoring.notify.outbox import Claim

log = logging.getLogger(__name__)

# So many messages in a row that did not get through: the channel is down, whatever each of them met with.
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What one dispatch did, in rows.

    :param retried: tried, not delivered, to be tried again.
    :param failed: given up for good.
    :param suppressed: resolves that are not sent because their trigger never was.
    :param held: still to be delivered when the dispatch ended, ``retried`` among them.
    :param errors: why not all was delivered, each reason once; empty where nothing waits and nothing failed.
    """

    sent: int = 0
    retried: int = 0
    failed: int = 0
    suppressed: int = 0
    held: int = 0
    errors: tuple[str, ...] = ()


def dispatch(
    conn: Connection,
    channel: str,
    worker: str,
    *,
    load: Callable[[str], Channel] = load_channel,
    pause: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = random_module.random,
) -> DispatchReport:
    """Deliver all that is due in ``channel``. A fault of the channel is reported, never raised.

    :param conn: in autocommit mode.
    :param worker: the same for every try of one task, and for nobody else: what it held before is free for it.
    :param load: gives the channel to send through; called only if there is something to send.
    :param pause: waits that many seconds, to keep the channel's pace.
    :param random: a number from 0 up to 1, for the back-off's jitter.
    :raises UnknownChannelError: when there is no such channel.
    :raises psycopg.Error: when the database is lost.
    """
    run = _Run(conn=conn, name=channel, worker=worker, pause=pause, random=random)
    run.suppressed = outbox.suppress_undeliverable(conn, channel)
    if outbox.waiting(conn, channel, worker).due:
        try:
            loaded = load(channel)
        except ConfigurationError as error:
            run.hold_all(str(error))
        else:
            run.deliver(loaded)
            # Triggers may just have failed for good.
            run.suppressed += outbox.suppress_undeliverable(conn, channel)
    return run.report()


@dataclass(slots=True, kw_only=True)
class _Run:
    """One dispatch under way."""

    conn: Connection
    name: str
    worker: str
    pause: Callable[[float], None]
    random: Callable[[], float]
    sent: int = 0
    retried: int = 0
    failed: int = 0
    suppressed: int = 0
    errors: list[str] = field(default_factory=list)
    last_sent_at: float | None = None
    failures_in_a_row: int = 0
    stopped: bool = False

    def deliver(self, channel: Channel) -> None:
        """Until nothing is due, or nothing gets through."""
        while not self.stopped and (claims := outbox.claim(self.conn, self.name, self.worker)):
            for claimed in claims:
                self._keep_pace(channel.seconds_between_messages)
                self._settle(claimed, _send(channel, claimed))
                self.stopped = self.stopped or self.failures_in_a_row >= FAILURES_IN_A_ROW

    def hold_all(self, reason: str, pause_seconds: float | None = None) -> None:
        """Leave the rest for the next run, saying why; the far side may have asked for a pause."""
        self.stopped = True
        self._note(reason)
        pause = None if pause_seconds is None else timedelta(seconds=pause_seconds)
        outbox.hold(self.conn, self.name, reason, pause=pause)

    def report(self) -> DispatchReport:
        """What came of it."""
        waiting = outbox.waiting(self.conn, self.name, self.worker)
        if waiting.total and not self.errors:
            when = (
                f"; next attempt at {waiting.next_attempt_at:%Y-%m-%d %H:%M:%S %Z}" if waiting.next_attempt_at else ""
            )
            self.errors.append(f"{waiting.total} not delivered yet{when}: {waiting.last_error or 'no attempt so far'}")
        return DispatchReport(
            sent=self.sent,
            retried=self.retried,
            failed=self.failed,
            suppressed=self.suppressed,
            held=waiting.total,
            # What got through at a later attempt of this very run is no error.
            errors=tuple(self.errors) if waiting.total or self.failed else (),
        )

    def _settle(self, claimed: Claim, outcome: Result) -> None:
        self.failures_in_a_row = self.failures_in_a_row + 1 if isinstance(outcome, RetryLater) else 0
        match outcome:
            case Delivered():
                marked = outbox.mark_sent(self.conn, claimed, note=outcome.note)
                self.sent += 1
                if outcome.note:
                    log.warning("%s: notification %d was delivered, but %s", self.name, claimed.id, outcome.note)
            case Permanent():
                marked = self._fail(claimed, outcome.reason)
            case Misconfigured():
                marked = outbox.release(self.conn, claimed, outcome.reason)
                self.hold_all(outcome.reason)
            case RetryLater():
                marked = self._retry(claimed, outcome)
        if not marked:
            log.warning("%s: notification %d was taken over by another worker meanwhile", self.name, claimed.id)

    def _retry(self, claimed: Claim, outcome: RetryLater) -> bool:
        if claimed.attempts >= MAX_ATTEMPTS:
            marked = self._fail(claimed, f"given up after {claimed.attempts} attempts: {outcome.reason}")
        else:
            delay = next_attempt_delay(claimed.attempts, outcome.after_seconds, self.random)
            marked = outbox.mark_retry(self.conn, claimed, outcome.reason, retry_after=delay)
            self.retried += 1
            self._note(outcome.reason)
        if outcome.whole_channel:
            self.hold_all(outcome.reason, outcome.after_seconds)
        return marked

    def _fail(self, claimed: Claim, reason: str) -> bool:
        self.failed += 1
        self._note(reason)
        log.error("%s: notification %d failed for good: %s", self.name, claimed.id, reason)
        return outbox.mark_failed(self.conn, claimed, reason)

    def _note(self, reason: str) -> None:
        # Once, not once a row.
        if reason not in self.errors:
            self.errors.append(reason)
            log.warning("%s: %s", self.name, reason)

    def _keep_pace(self, seconds: float) -> None:
        if seconds and self.last_sent_at is not None:
            rest = self.last_sent_at + seconds - time.monotonic()
            if rest > 0:
                self.pause(rest)
        self.last_sent_at = time.monotonic()


def _send(channel: Channel, claimed: Claim) -> Result:
    if claimed.attempts > MAX_ATTEMPTS:
        return Permanent(
            f"given up: {MAX_ATTEMPTS} attempts ended without an answer, the worker was killed in the last"
        )
    try:
        message = Message.from_json(claimed.message)
    except (KeyError, TypeError, ValueError) as error:
        return Permanent(f"the stored message cannot be read: {type(error).__name__} {error}")
    try:
        return channel.send(message)
    except Exception as error:
        # One message that breaks the code must not hold back the others. Where it broke and how is said, but
        # not in the exception's words: they may hold a secret.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return RetryLater(f"unexpected {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}")
