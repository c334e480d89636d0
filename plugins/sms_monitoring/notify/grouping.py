"""Several messages told as one: which come first, and how many of which kind there are. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sms_monitoring.notify.message import Event, Severity
from sms_monitoring.notify.wording import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.notify.message import Message
    from sms_monitoring.notify.wording import Look

# So many messages of a group are told, the others counted.
MAX_SHOWN = 10

FIRING = (Event.TRIGGER, Event.ESCALATE, Event.REPEAT)
_SEVERITIES = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
_PHASES = {
    **dict.fromkeys(FIRING, 0),
    Event.ACKNOWLEDGE: 1,
    Event.NOTICE: 1,
    Event.TEST: 1,
    Event.RESOLVE: 2,
}
_NEWS_FIRST = {Event.REPEAT: 1}


def gravest(messages: Iterable[Message]) -> list[Message]:
    """What fires before what is over, critical before warning before info, news before what is said again."""
    return sorted(messages, key=_gravity)


def tally(messages: Iterable[Message]) -> list[tuple[int, Look]]:
    """How many fire, by severity, how many are resolved and so on, the gravest first; a look names what is counted."""
    counts = Counter(kind_of(message) for message in gravest(messages))
    return [(number, look) for look, number in counts.items()]


def tally_line(messages: Iterable[Message], *, signs: bool = False) -> str:
    """The tally in words: "3 critical, 8 warning, 2 resolved"; with ``signs`` each with its sign before it."""
    counted = [(f"{look.sign} " if signs else "") + f"{number} {look.word.lower()}" for number, look in tally(messages)]
    return ", ".join(counted)


def _gravity(message: Message) -> tuple[int, int, int]:
    return (
        _PHASES[message.event],
        _SEVERITIES.index(message.severity),
        _NEWS_FIRST.get(message.event, 0),
    )
