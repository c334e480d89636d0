"""Pages that go past the outbox: straight to PagerDuty, else to Slack, else by e-mail.

PagerDuty folds what carries the same key, so it is told each time, and an incident that somebody resolved too early
opens again. Slack and e-mail are told at once when something new is broken, and otherwise once an hour.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring import direct
from sms_monitoring.notify.message import WHOLE_SYSTEM, Event, Message, Severity
from sms_monitoring.watchdog.memory import Told

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sms_monitoring.notify.message import Link
    from sms_monitoring.watchdog.memory import Memory
    from sms_monitoring.watchdog.trouble import Subject, Trouble

log = logging.getLogger(__name__)

ORDER = ("pagerduty", "slack", "email")
FOLDING = frozenset({"pagerduty"})
REPEAT = timedelta(hours=1)
ALERT_TYPE = "watchdog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came of telling one subject.

    :param event: trigger or resolve.
    :param channel: where it was told, now or within the last hour; None: nobody could be told.
    :param is_new: whether something was sent just now.
    """

    subject: Subject
    event: Event
    channel: str | None
    is_new: bool = True


@dataclass(slots=True, kw_only=True)
class Pager:
    """Tells people directly.

    :param memory: what was told before; opened by whoever calls.
    :param is_first: nothing can have been told before: there was no pass.
    """

    memory: Memory
    now: datetime
    links: tuple[Link, ...] = ()
    is_first: bool = False

    def tell(self, trouble: Trouble) -> Page:
        """Page for a subject in trouble; never raises."""
        told = self.memory.told.get(trouble.subject)
        for channel in ORDER:
            if told is not None and channel not in FOLDING and self._was_just_told(told, channel, trouble):
                return Page(subject=trouble.subject, event=Event.TRIGGER, channel=channel, is_new=False)
            if self._send(channel, self._trigger(trouble)):
                told = told or Told(since=self.now.isoformat())
                told.channels[channel] = self.now.isoformat()
                told.parts = sorted(trouble.parts)
                self.memory.told[trouble.subject] = told
                return Page(subject=trouble.subject, event=Event.TRIGGER, channel=channel)
        log.error("%s, and nobody could be told", trouble.title)
        return Page(subject=trouble.subject, event=Event.TRIGGER, channel=None)

    def clear(self, subjects: Iterable[Subject]) -> list[Page]:
        """Say that these are well again, wherever their trouble was told.

        What was told is not known where the memory was lost: PagerDuty takes an end without a beginning in silence.
        """
        pages: list[Page] = []
        for subject in subjects:
            told = self.memory.told.get(subject)
            if told is None and (self.is_first or not self.memory.is_lost):
                continue
            for channel in [*told.channels] if told else FOLDING:
                sent = self._send(channel, self._resolve(subject, told))
                if sent and told:
                    del told.channels[channel]
                    pages.append(Page(subject=subject, event=Event.RESOLVE, channel=channel))
            # What could not be said now is said by the next pass.
            if told and not told.channels:
                del self.memory.told[subject]
        return pages

    def _was_just_told(self, told: Told, channel: str, trouble: Trouble) -> bool:
        told_at = told.told_at(channel)
        # Told in the future? A clock was put back.
        is_recent = told_at is not None and told_at <= self.now < told_at + REPEAT
        return is_recent and trouble.parts <= frozenset(told.parts)

    def _send(self, name: str, message: Message) -> bool:
        return direct.tell(message, [name])[name] == "delivered"

    def _trigger(self, trouble: Trouble) -> Message:
        return Message(
            event=Event.TRIGGER,
            severity=Severity.CRITICAL,
            alert_type=ALERT_TYPE,
            entity=WHOLE_SYSTEM,
            dedup_key=dedup_key(trouble.subject),
            title=trouble.title,
            summary=f"{trouble.title}: {trouble.summary}",
            occurred_at=self.now,
            facts=trouble.facts,
            links=self.links,
        )

    def _resolve(self, subject: Subject, told: Told | None) -> Message:
        since = f", after it was first told of at {told.since[:16].replace('T', ' ')} UTC" if told else ""
        return Message(
            event=Event.RESOLVE,
            severity=Severity.CRITICAL,
            alert_type=ALERT_TYPE,
            entity=WHOLE_SYSTEM,
            dedup_key=dedup_key(subject),
            title=WELL_AGAIN[subject],
            summary=f"{WELL_AGAIN[subject]}{since}.",
            occurred_at=self.now,
            links=self.links,
        )


WELL_AGAIN = {
    "database": "The metrics database answers again",
    "evaluation": "The watchdog sees again",
    "delivery": "Notifications go out again",
}


def dedup_key(subject: Subject) -> str:
    """The same for every page about the subject, whoever sends it: PagerDuty folds by it."""
    return f"sms-monitoring/watchdog/{subject}"
