"""What is still to be said about an incident after its beginning: a pure decision.

An incident that was held back is announced once nothing holds it back; one that lasts is repeated; one that nobody
acknowledges is escalated; what a person did to it is told where its beginning was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.alerts.lifecycle import is_cooling_down
from sms_monitoring.alerts.model import Cause, State
from sms_monitoring.notify.message import Event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sms_monitoring.alerts.model import Threshold

# A trigger that could not be delivered is tried anew as a new row, so often and no oftener.
TRIGGERS_THAT_MAY_FAIL = 3
RETRIGGER_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An incident, and all that was said of it so far.

    :param state: where its alert stands; None where no evaluation speaks of it.
    :param told: channels that its beginning went to, not held back and not failed.
    :param held_by: the ``suppressed_reason`` of its newest trigger, if that was held back.
    :param last_announced_at: when any incident of this alert and entity was last announced.
    :param escalated_at: when the engine or a person decided to escalate it, to the channel ``escalated_to``.
    """

    triggered_at: datetime
    state: State | None = None
    resolved_at: datetime | None = None
    acknowledged_at: datetime | None = None
    announced_at: datetime | None = None
    reminded_at: datetime | None = None
    reminders: int = 0
    escalated_at: datetime | None = None
    escalated_to: str | None = None
    last_announced_at: datetime | None = None
    told: tuple[str, ...] = ()
    told_acknowledged: tuple[str, ...] = ()
    told_escalated: tuple[str, ...] = ()
    failed_triggers: int = 0
    held_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to be said now.

    :param sequence: counts the repeats of an incident from 1.
    """

    event: Event
    channels: tuple[str, ...]
    cause: Cause
    sequence: int = 0

    @property
    def may_be_held(self) -> bool:
        """Whether a silence, a mute window or a graver incident holds it back: nothing does that to an end."""
        return self.event in (Event.TRIGGER, Event.REPEAT, Event.ESCALATE)


def due(
    situation: Situation, threshold: Threshold | None, now: datetime, carry_acknowledgements: Iterable[str] = ()
) -> list[Due]:
    """What is to be said about the incident now.

    :param threshold: None where its alert type has none (any more): then only what persons did is told.
    :param carry_acknowledgements: the channels that are told of an acknowledgement.
    """
    if situation.resolved_at is not None:
        end = Due(event=Event.RESOLVE, channels=situation.told, cause=Cause.RESOLVED_BY_PERSON)
        return [end] if situation.told else []
    found: list[Due] = []
    if situation.acknowledged_at is not None:
        channels = set(situation.told) & set(carry_acknowledgements) - set(situation.told_acknowledged)
        if channels:
            found.append(Due(event=Event.ACKNOWLEDGE, channels=tuple(sorted(channels)), cause=Cause.ACKNOWLEDGED))
    # A person may have escalated what was held back: that tells nobody in the alert's own channels.
    elif threshold is not None and (not situation.told or situation.held_by):
        found += _announcement(situation, threshold, now)
    found += _escalation(situation, threshold if situation.told else None, now)
    found += _repeat(situation, threshold, now) if threshold and situation.told else []
    return found


def _announcement(situation: Situation, threshold: Threshold, now: datetime) -> list[Due]:
    """An open incident that nobody was told of, because it was held back or could not be delivered."""
    # One that is getting better is not told late; one of which nothing is known any more is.
    if situation.state in (None, State.RECOVERING):
        return []
    if situation.failed_triggers and not situation.held_by:
        last = situation.last_announced_at or situation.triggered_at
        if situation.failed_triggers >= TRIGGERS_THAT_MAY_FAIL or last <= now < last + RETRIGGER_AFTER:
            return []
    elif situation.held_by == Cause.COOLDOWN and is_cooling_down(situation.last_announced_at, threshold, now):
        return []
    return [Due(event=Event.TRIGGER, channels=threshold.channels, cause=Cause.ANNOUNCED)]


def _escalation(situation: Situation, threshold: Threshold | None, now: datetime) -> list[Due]:
    if situation.escalated_to is not None:  # decided before, by a person or by an earlier follow-up
        told = situation.escalated_to in situation.told_escalated
        return [] if told else [_escalate_to(situation.escalated_to)]
    if threshold is None or threshold.escalate_after is None or threshold.escalation_channel is None:
        return []
    if situation.acknowledged_at is not None or situation.announced_at is None:
        return []
    in_time = situation.announced_at <= now < situation.announced_at + threshold.escalate_after
    return [] if in_time or situation.state is State.RECOVERING else [_escalate_to(threshold.escalation_channel)]


def _escalate_to(channel: str) -> Due:
    return Due(event=Event.ESCALATE, channels=(channel,), cause=Cause.ESCALATED)


def _repeat(situation: Situation, threshold: Threshold, now: datetime) -> list[Due]:
    if (
        threshold.repeat_interval is None
        or situation.acknowledged_at is not None
        or situation.state is not State.FIRING
    ):
        return []
    last = situation.reminded_at or situation.announced_at
    if last is None or last <= now < last + threshold.repeat_interval:
        return []
    sequence = situation.reminders + 1
    return [Due(event=Event.REPEAT, channels=situation.told, cause=Cause.REPEATED, sequence=sequence)]
