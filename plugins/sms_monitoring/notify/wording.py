"""The words, the sign and the colour that tell at one look how things stand, the same in every channel. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sms_monitoring.notify.message import WHOLE_SYSTEM, Event, Severity
from sms_monitoring.notify.text import one_line

if TYPE_CHECKING:
    from sms_monitoring.notify.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a message looks: ``word`` and ``sign`` say it to all, ``colour`` (hex) to those who see it."""

    word: str
    sign: str
    colour: str


_EVENTS = {
    Event.ACKNOWLEDGE: Look(word="Acknowledged", sign="👀", colour="#5b4bc4"),
    Event.RESOLVE: Look(word="Resolved", sign="✅", colour="#1a7f52"),
    Event.TEST: Look(word="Test", sign="🧪", colour="#5b6473"),
    Event.NOTICE: Look(word="Notice", sign="📋", colour="#2d6a7a"),
}
_SEVERITIES = {
    Severity.CRITICAL: Look(word="Critical", sign="🔴", colour="#c62838"),
    Severity.WARNING: Look(word="Warning", sign="🟠", colour="#b25e00"),
    Severity.INFO: Look(word="Info", sign="🔵", colour="#1f6fb2"),
}
_ESCALATED = "🚨"


def kind_of(message: Message) -> Look:
    """What counts as the same: all that fires with one severity, whether it is news or not; all ends; and so on."""
    return _EVENTS.get(message.event) or _SEVERITIES[message.severity]


def look_of(message: Message) -> Look:
    """What fires looks like its severity, said again or not; an end looks like an end however bad it was."""
    kind = kind_of(message)
    if message.event is Event.REPEAT:
        return replace(kind, word=f"Still {message.severity}")
    if message.event is Event.ESCALATE:
        return replace(kind, word="Escalated", sign=_ESCALATED)
    return kind


def severity_aside(message: Message) -> str:
    """How bad it is, where :func:`look_of` does not say so: "was critical"; else empty."""
    match message.event:
        case Event.RESOLVE:
            return f"was {message.severity}"
        case Event.ESCALATE | Event.ACKNOWLEDGE:
            return message.severity.value
        case _:
            return ""


def subject_of(message: Message) -> str:
    """What the message is about, in one line, without how it stands: "SMS delivery rate is low (carrier-a)"."""
    title = _title(message)
    return title if message.entity == WHOLE_SYSTEM else f"{title} ({one_line(message.entity)})"


def headline(message: Message) -> str:
    """How it stands and what it is about: "Critical: SMS delivery rate is low"."""
    return f"{look_of(message).word}: {subject_of(message)}"


def detail(message: Message) -> str:
    """The summary, to be read below the headline: without the title that it may begin with."""
    prefix = f"{_title(message)}: "
    if not message.summary.startswith(prefix):
        return message.summary
    told = message.summary.removeprefix(prefix)
    return told[:1].upper() + told[1:]


def sentence(message: Message) -> str:
    """What it is about and the numbers, in one line and without how it stands, for where there is but one line."""
    subject, summary = subject_of(message), one_line(message.summary)
    return summary if summary.startswith(_title(message)) else f"{subject}: {summary}" if summary else subject


def _title(message: Message) -> str:
    return one_line(message.title).removeprefix(f"{_EVENTS[Event.RESOLVE].word}: ")
