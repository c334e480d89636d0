"""From the outbox to one channel: suppress, then claim, send and mark, one group of messages at a time.

Each step is committed on its own. Killed between any two, the next run goes on: a row that was claimed but not marked
is claimed again. Delivery is thus at least once; a far side that folds by ``dedup_key`` hears of an incident once.
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

from sms_monitoring.notify import outbox, undelivered
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import (
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
    UnknownChannelError,
)
from sms_monitoring.notify.message import Message
from sms_monitoring.notify.retry import MAX_AGE, MAX_ATTEMPTS, next_attempt_delay
from sms_monitoring.notify.undelivered import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.channels.base import Channel, Result
    from sms_monitoring.notify.outbox import Claim

log = logging.getLogger(__name__)

# So many deliveries in a row that did not get through: the channel is down, whatever each of them met with.
FAILURES_IN_A_ROW = 3
# One delivery in all, in seconds and well within a claim's lease: a far side that answers byte by byte outlasts the
# time-outs of every read.
SEND_SECONDS = 120.0
# So many messages in a row that were refused alone, one after another out of a group: it is not them.
REFUSALS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What one dispatch did, in rows.

    :param retried: tried, not delivered, to be tried again.
    :param failed: given up for good.
    :param suppressed: not sent because something holds it back now, or because it says nothing to anyone any more.
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
    :raises psycopg.Error: when the database is lost.
    """
    run = _Run(conn=conn, name=channel, worker=worker, pause=pause, random=random)
    run.suppressed = outbox.suppress(conn, channel)
    if outbox.waiting(conn, channel, worker).due:
        try:
            loaded = load(channel)
        except (ConfigurationError, UnknownChannelError) as error:
            run.cannot_be_used(str(error))
        else:
            run.deliver(loaded)
        run.give_up()
        # The beginnings of incidents may just have failed for good.
        run.suppressed += outbox.suppress_undeliverable(conn, channel)
    return run.report()


@dataclass(frozen=True, slots=True)
class _Letter:
    """A claim whose message can be read."""

    claim: Claim
    message: Message


@dataclass(slots=True, kw_only=True)
class _Run:
    """One dispatch under way.

    :param lost: claims to be given up for good, and why: all at once at the end, so that they are told of at once.
    """

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
    lost: list[tuple[Claim, str]] = field(default_factory=list)
    unusable: str | None = None
    last_sent_at: float | None = None
    failures_in_a_row: int = 0
    refusals_in_a_row: int = 0
    stopped_by: str | None = None

    def deliver(self, channel: Channel) -> None:
        """Until nothing is due, or nothing gets through. What may have killed its workers goes last, and alone."""
        for suspects, limit in ((False, channel.group_size), (True, 1)):
            while self.stopped_by is None and (claims := self._claim(limit, suspects=suspects)):
                letters = [letter for letter in map(self._open, claims) if letter is not None]
                if letters:
                    self.refusals_in_a_row = 0
                    self._send(channel, letters)

    def cannot_be_used(self, reason: str) -> None:
        """Nothing gets through before somebody mends the configuration."""
        self.unusable = reason
        self._hold_all(reason)

    def give_up(self) -> None:
        """Mark as failed what failed for good, and have people told, in one transaction."""
        if not self.lost and self.stopped_by is None:
            return
        with self.conn.transaction():
            lost: list[Lost] = []
            if self.lost:
                claims, reasons = [claim for claim, _ in self.lost], [reason for _, reason in self.lost]
                marked = outbox.mark_failed(self.conn, claims, reasons)
                lost += [Lost(id=c.id, stored=c.message, why=why) for c, why in self.lost if c.id in marked]
            if self.stopped_by is not None:
                why = f"given up after {_hours(MAX_AGE)}: {self.stopped_by}"
                expired = outbox.expire(self.conn, self.name, why, max_age=MAX_AGE)
                lost += [Lost(id=row.id, stored=row.message, why=why) for row in expired]
            undelivered.report(self.conn, self.name, lost, unusable=self.unusable)
        for one in lost:
            log.error("%s: notification %d failed for good: %s", self.name, one.id, one.why)
        self.failed += len(lost)
        self.lost.clear()

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

    def _claim(self, limit: int, *, suspects: bool) -> list[Claim]:
        lost = [claim.id for claim, _ in self.lost]
        return outbox.claim(self.conn, self.name, self.worker, limit=limit, suspects=suspects, but_for=lost)

    def _open(self, claim: Claim) -> _Letter | None:
        if claim.attempts > MAX_ATTEMPTS:
            self._lose(
                claim, f"given up: {MAX_ATTEMPTS} attempts ended without an answer, the worker was killed in the last"
            )
            return None
        try:
            return _Letter(claim, Message.from_json(claim.message))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._lose(claim, f"the stored message cannot be read: {type(error).__name__} {error}")
            return None

    def _send(self, channel: Channel, letters: Sequence[_Letter]) -> None:
        """Send ``letters`` as one; where that is refused, the halves of it, down to the single message at fault."""
        self._keep_pace(channel.seconds_between_messages)
        outcome = _try(channel, letters)
        self.failures_in_a_row = self.failures_in_a_row + 1 if isinstance(outcome, RetryLater) else 0
        if isinstance(outcome, Permanent) and len(letters) > 1:
            middle = len(letters) // 2
            for half in (letters[:middle], letters[middle:]):
                self._send_part(channel, half, outcome.reason)
            return
        self._settle([letter.claim for letter in letters], outcome)
        if isinstance(outcome, RetryLater) and self.failures_in_a_row >= FAILURES_IN_A_ROW:
            self.stopped_by = outcome.reason

    def _send_part(self, channel: Channel, letters: Sequence[_Letter], reason: str) -> None:
        held = {claim.id for claim in outbox.renew(self.conn, [letter.claim for letter in letters])}
        mine = [letter for letter in letters if letter.claim.id in held]
        if not mine:
            return
        if self.unusable is not None:
            outbox.release(self.conn, [letter.claim for letter in mine], self.unusable)
        elif self.stopped_by is not None or self.refusals_in_a_row >= REFUSALS_IN_A_ROW:
            self._retry([letter.claim for letter in mine], RetryLater(self.stopped_by or reason))
        else:
            self._send(channel, mine)

    def _settle(self, claims: Sequence[Claim], outcome: Result) -> None:
        match outcome:
            case Delivered():
                marked = outbox.mark_sent(self.conn, claims, note=outcome.note)
                undelivered.recovered(self.conn, self.name)
                self.sent += len(claims)
                self.refusals_in_a_row = 0
                if outcome.note:
                    log.warning("%s: %s delivered, but %s", self.name, _ids(claims), outcome.note)
            case Permanent():
                marked = len(claims)
                self.refusals_in_a_row += 1
                for claim in claims:
                    self._lose(claim, outcome.reason)
            case Misconfigured():
                marked = outbox.release(self.conn, claims, outcome.reason)
                self.cannot_be_used(outcome.reason)
            case RetryLater():
                marked = self._retry(claims, outcome)
        if marked < len(claims):
            log.warning("%s: of %s some were taken over by another worker meanwhile", self.name, _ids(claims))

    def _retry(self, claims: Sequence[Claim], outcome: RetryLater) -> int:
        self._note(outcome.reason)
        again: list[Claim] = []
        for claim in claims:
            if claim.attempts >= MAX_ATTEMPTS:
                self._lose(claim, f"given up after {claim.attempts} attempts: {outcome.reason}")
            elif claim.age >= MAX_AGE:
                self._lose(claim, f"given up after {_hours(MAX_AGE)}: {outcome.reason}")
            else:
                again.append(claim)
        delays = [next_attempt_delay(claim.attempts, outcome.after_seconds, self.random) for claim in again]
        marked = outbox.mark_retry(self.conn, again, outcome.reason, retry_after=delays) if again else 0
        self.retried += len(again)
        if outcome.whole_channel:
            # For the other workers too: the rest of the queue waits as long as these.
            asked = timedelta(seconds=outcome.after_seconds or 0)
            self._hold_all(outcome.reason, max([asked, *delays]))
        return marked + len(claims) - len(again)

    def _hold_all(self, reason: str, pause: timedelta | None = None) -> None:
        """Leave the rest for the next run, saying why, and none of it before the pause is over."""
        self.stopped_by = reason
        self._note(reason)
        outbox.hold(self.conn, self.name, reason, pause=pause)

    def _lose(self, claim: Claim, reason: str) -> None:
        self.lost.append((claim, reason))
        self._note(reason)

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


def _try(channel: Channel, letters: Sequence[_Letter]) -> Result:
    from sms_monitoring.hooks.patience import OutOfPatienceError, at_most

    messages = [letter.message for letter in letters]
    try:
        return at_most(SEND_SECONDS, lambda: channel.send(messages))
    except OutOfPatienceError as error:
        # It may arrive yet, as what a killed worker sent: at least once.
        return RetryLater(str(error), whole_channel=True)
    except Exception as error:
        # One message that breaks the code must not hold back the others. Where it broke and how is said, but
        # not in the exception's words: they may hold a secret.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"unexpected {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        return RetryLater(reason) if len(letters) == 1 else Permanent(reason)


def _ids(claims: Sequence[Claim]) -> str:
    first = claims[0].id
    return f"notification {first}" if len(claims) == 1 else f"{len(claims)} notifications from {first}"


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:.0f} h"
