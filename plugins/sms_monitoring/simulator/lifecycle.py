"""What becomes of scheduled messages: cancelled, attempted, sent, delivered or failed, and when.

The result holds everything that will ever happen to a message; :mod:`~sms_monitoring.simulator.snapshot` shows
what of it has happened by a given time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator import draws
from sms_monitoring.simulator.arrays import (
    DAY,
    HOUR,
    MILLISECOND,
    MINUTE,
    NEVER,
    SECOND,
    Bools,
    Columns,
    Ints,
    Keys,
    to_micros,
    whole_ms,
)
from sms_monitoring.simulator.incidents import Incident, IncidentKind, during, of_kind, rate_during

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.simulator.traffic import Scheduled
    from sms_monitoring.simulator.users import Users

# When each attempt to send is made, counted from the first.
ATTEMPTS = np.array([0, 2 * MINUTE, (2 + 4) * MINUTE])
# Of messages: how many of their attempts fail (0, 1, 2, all three).
_FAILED_ATTEMPTS = np.array([0.972, 0.020, 0.004, 0.004])

REASONS = ("daily_limit", "event_deleted", "opted_out")
_DAILY_LIMIT, _EVENT_DELETED, _OPTED_OUT = range(len(REASONS))
_EVENT_DELETED_SHARE = 0.015

# By carrier, in the order of CARRIERS: how much of what is sent arrives, usually and in a delivery outage.
_DELIVERED = np.array([0.990, 0.988, 0.986, 0.987, 0.980])
_DELIVERED_IN_OUTAGE = np.array([0.25, 0.50, 0.50, 0.45, 0.45])
_LATE_RECEIPTS = 0.008
_NO_RECEIPT = 0.15  # of what does not arrive
_AFTER_OUTAGE = 0.30  # of what an outage holds up: it arrives, with its receipt, when the outage is over

_OPT_OUT_IN_SURGE = 0.45  # of the users messaged in it


@dataclass(frozen=True, eq=False, slots=True)
class Lives(Columns):
    """Messages and all that will happen to them, one entry each. A time is NEVER for what does not happen."""

    key: Keys
    user: Ints
    campaign: Ints
    created_at: Ints
    planned_for: Ints
    due_at: Ints
    skipped_at: Ints  # when quiet hours moved it from planned_for to due_at
    first_attempt_at: Ints
    attempts: Ints
    sent_at: Ints
    delivered_at: Ints
    failed_at: Ints
    cancelled_at: Ints
    cancelled_for: Ints  # index into REASONS, meaningful where cancelled


def live(messages: Scheduled, users: Users, opted_out_at: Ints, incidents: Sequence[Incident]) -> tuple[Lives, Ints]:
    """Play the messages of one sending day.

    :param opted_out_at: when each user opts out, as known from the days before.
    :returns: the lives, without the messages that no one schedules because their user has opted out; and when each
        user opts out, as known after this day.
    """
    attempted_at = messages.due_at + _latency(messages)
    failures = draws.choice(messages.key, "failed_attempts", _FAILED_ATTEMPTS)
    attempts = np.minimum(failures + 1, len(ATTEMPTS))
    ended_at = attempted_at + ATTEMPTS[attempts - 1]

    over_limit = _over_limit(messages, users)
    refused_at = messages.created_at + _ms(20 * MILLISECOND, 400 * MILLISECOND, messages.key, "refused")
    cancelled_at = np.where(over_limit, refused_at, _event_deleted_at(messages))
    sent_at = np.where((cancelled_at == NEVER) & (failures < len(ATTEMPTS)), ended_at, NEVER)

    for incident in of_kind(incidents, IncidentKind.OPT_OUT_SURGE):
        opted_out_at = _after_surge(messages.user, sent_at, users, opted_out_at, incident)
    stop = opted_out_at[messages.user]
    stopped = stop <= np.minimum(cancelled_at, ended_at)
    reason = np.where(over_limit, _DAILY_LIMIT, _EVENT_DELETED)
    cancelled_at = np.where(stopped, stop + 200 * MILLISECOND, cancelled_at)
    made = np.where(
        cancelled_at == NEVER,
        attempts,
        # Cancelled by an opt-out between two attempts; other cancellations come before the first.
        np.where(stopped, (attempted_at[:, None] + ATTEMPTS < stop[:, None]).sum(axis=1), 0),
    )
    sent_at = np.where(stopped, NEVER, sent_at)
    delivered_at, undelivered_at = _receipts(messages, users, sent_at, incidents)
    never_sent = (cancelled_at == NEVER) & (sent_at == NEVER)
    noticed_at = messages.planned_for + _ms(0.2 * SECOND, 3 * SECOND, messages.key, "skip")
    lives = Lives(
        key=messages.key,
        user=messages.user,
        campaign=messages.campaign,
        created_at=messages.created_at,
        planned_for=messages.planned_for,
        due_at=messages.due_at,
        skipped_at=np.where(messages.quiet & (noticed_at < cancelled_at), noticed_at, NEVER),
        first_attempt_at=attempted_at,
        attempts=made,
        sent_at=sent_at,
        delivered_at=delivered_at,
        failed_at=np.where(never_sent, ended_at, undelivered_at),
        cancelled_at=cancelled_at,
        cancelled_for=np.where(stopped, _OPTED_OUT, reason),
    )
    return lives.take(messages.created_at < stop), opted_out_at


def _latency(messages: Scheduled) -> Ints:
    """From due to the first attempt: seconds; up to two minutes when the morning's queue is worked off."""
    queue = draws.exponential(messages.key, "queue", mean=4 * SECOND)
    morning = draws.uniform(messages.key, "morning_queue") * 2 * MINUTE
    return whole_ms(300 * MILLISECOND + np.where(messages.quiet, morning, np.minimum(queue, MINUTE)))


def _event_deleted_at(messages: Scheduled) -> Ints:
    chosen = draws.uniform(messages.key, "event_deleted") < _EVENT_DELETED_SHARE
    waited = 0.02 + 0.96 * draws.uniform(messages.key, "event_deleted_after")
    return np.where(chosen, messages.created_at + whole_ms(waited * (messages.due_at - messages.created_at)), NEVER)


def _over_limit(messages: Scheduled, users: Users) -> Bools:
    """Which messages were scheduled when as many others of the same user and sending day had been before."""
    number = np.arange(len(messages)) - np.searchsorted(messages.user, messages.user)
    return np.asarray(number >= users.daily_limit[messages.user])


def _after_surge(user: Ints, sent_at: Ints, users: Users, opted_out_at: Ints, incident: Incident) -> Ints:
    base = draws.bits(users.key, incident.label)
    annoyed = draws.uniform(base, "annoyed") < _OPT_OUT_IN_SURGE
    patience = whole_ms(np.minimum(draws.lognormal(base, "patience", median=3 * MINUTE, sigma=0.8), 20 * MINUTE))
    messaged = incident.holds(sent_at) & annoyed[user] & (sent_at < opted_out_at[user])
    result = opted_out_at.copy()
    np.minimum.at(result, user[messaged], (sent_at + patience[user])[messaged])
    return result


def _receipts(messages: Scheduled, users: Users, sent_at: Ints, incidents: Sequence[Incident]) -> tuple[Ints, Ints]:
    """When each message is reported as delivered, and when as undelivered."""
    key, carrier = messages.key, users.carrier[messages.user]
    outage = during(incidents, IncidentKind.DELIVERY_OUTAGE, sent_at)
    sent = sent_at != NEVER
    share = rate_during(
        incidents, IncidentKind.DELIVERY_OUTAGE, sent_at, _DELIVERED[carrier], _DELIVERED_IN_OUTAGE[carrier]
    )
    arrives = draws.uniform(key, "arrives") < share
    kind = draws.uniform(key, "lost")

    receipt_at = np.where(sent, sent_at, 0) + _receipt_delay(key)
    delivered_at = np.where(sent & arrives, receipt_at, NEVER)
    failed_at = np.where(sent & ~arrives & (kind >= _NO_RECEIPT), receipt_at, NEVER)
    held_up = sent & ~arrives & outage & (kind >= 1 - _AFTER_OUTAGE)
    for incident in of_kind(incidents, IncidentKind.DELIVERY_OUTAGE):
        late = held_up & incident.holds(sent_at)
        delay = whole_ms(draws.exponential(key, "held_up", mean=2 * HOUR))
        delivered_at = np.where(late, to_micros(incident.end) + np.minimum(delay, DAY) + MINUTE, delivered_at)
        failed_at = np.where(late, NEVER, failed_at)
    return delivered_at, failed_at


def _receipt_delay(key: Keys) -> Ints:
    prompt = np.clip(draws.lognormal(key, "receipt", median=3 * SECOND, sigma=1), 0.4 * SECOND, 10 * MINUTE)
    late = np.clip(draws.lognormal(key, "late_receipt", median=1.5 * HOUR, sigma=1.2), 10 * MINUTE, DAY)
    return whole_ms(np.where(draws.uniform(key, "receipt_is_late") < _LATE_RECEIPTS, late, prompt))


def _ms(low: float, high: float, key: Keys, label: str) -> Ints:
    return whole_ms(low + (high - low) * draws.uniform(key, label))
