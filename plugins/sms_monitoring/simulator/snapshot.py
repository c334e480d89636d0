"""Lives as the product's table shows them at one moment: what lies after it has not happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sms_monitoring.simulator.arrays import NEVER, Columns, Ints
from sms_monitoring.simulator.lifecycle import ATTEMPTS, Lives

STATUSES = ("scheduled", "sent", "delivered", "failed", "cancelled")
_SCHEDULED, _SENT, _DELIVERED, _FAILED, _CANCELLED = range(len(STATUSES))


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot(Columns):
    """What changes in a message's row while it lives, one entry each; NEVER is null."""

    status: Ints  # index into STATUSES
    scheduled_for: Ints
    skipped_at: Ints
    attempts: Ints
    sent_at: Ints
    delivered_at: Ints
    failed_at: Ints
    cancelled_at: Ints
    updated_at: Ints


def as_of(lives: Lives, now: int) -> Snapshot:
    """The rows of ``lives``, all created before ``now``, as they stand at ``now``."""
    skipped, sent, delivered, failed, cancelled = (
        np.where(times < now, times, NEVER)
        for times in (lives.skipped_at, lives.sent_at, lives.delivered_at, lives.failed_at, lives.cancelled_at)
    )
    made_at = lives.first_attempt_at[:, None] + ATTEMPTS
    made_at = np.where((np.arange(len(ATTEMPTS)) < lives.attempts[:, None]) & (made_at < now), made_at, 0)
    status = np.full(len(lives), _SCHEDULED)
    # In this order: a failure after the send outranks the send.
    for times, name in ((sent, _SENT), (delivered, _DELIVERED), (failed, _FAILED), (cancelled, _CANCELLED)):
        status[times != NEVER] = name
    happened = [np.where(times == NEVER, 0, times) for times in (skipped, sent, delivered, failed, cancelled)]
    return Snapshot(
        status=status,
        scheduled_for=np.where(skipped == NEVER, lives.planned_for, lives.due_at),
        skipped_at=skipped,
        attempts=(made_at > 0).sum(axis=1),
        sent_at=sent,
        delivered_at=delivered,
        failed_at=failed,
        cancelled_at=cancelled,
        updated_at=np.maximum.reduce([lives.created_at, made_at.max(axis=1), *happened]),
    )
