"""When a channel does not deliver: the incident ``notification_failed``, told in the channel's fallback channel.

It is opened when something is given up for good, or when something waits and the channel's connection is missing or
wrong; what is given up later is told as a repeat. The first delivery in the channel afterwards resolves it. A message
about such an incident that is itself given up raises nothing further.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.types.json import Json

from sms_monitoring import db
from sms_monitoring.alerts import compose, store
from sms_monitoring.notify import outbox
from sms_monitoring.notify.grouping import MAX_SHOWN, gravest
from sms_monitoring.notify.message import Event, Message, Severity
from sms_monitoring.notify.text import cut, one_line
from sms_monitoring.notify.wording import detail, headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from sms_monitoring.db import Connection, Row

log = logging.getLogger(__name__)

ALERT_TYPE = "notification_failed"
TITLE = "Notifications are not delivered"
MAX_DETAIL = 200
MAX_WHY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A notification that was given up, and why; ``stored`` is its message as the outbox has it."""

    id: int
    stored: dict[str, Any]
    why: str

    @property
    def raises_alarm(self) -> bool:
        """Whether people are to be told: not of what tells of failures itself, or there would be no end."""
        return not isinstance(self.stored, dict) or self.stored.get("alert_type") != ALERT_TYPE


def report(conn: Connection, channel: str, lost: Iterable[Lost], *, unusable: str | None = None) -> None:
    """Tell the channel's fallback channel what was given up, or that the channel cannot be used at all.

    Belongs into the transaction that gives it up.

    :param unusable: what is wrong with the channel's configuration; told once, while something waits.
    """
    alarming = [one for one in lost if one.raises_alarm]
    waiting = outbox.next_waiting(conn, channel, but_for=ALERT_TYPE, limit=MAX_SHOWN) if unusable else None
    if not alarming and not (waiting and waiting.total):
        return
    fallback = db.fetch_one(conn, "outbox/fallback.sql", {"channel": channel})
    if fallback is None:
        log.error("%s does not deliver, and it has no fallback channel in which to say so", channel)
        return
    if alarming:
        facts = _facts((one.stored, one.why) for one in alarming)
        summary = f"{channel} did not deliver {_number(len(alarming))}{_and_more(len(alarming), len(facts))}."
        if unusable:
            summary += f" {unusable}"
    else:
        assert waiting is not None  # noqa: S101 - for the type checker
        facts = _facts((stored.message, "") for stored in waiting.first)
        summary = f"{channel} cannot be used, {_number(waiting.total)} {'waits' if waiting.total == 1 else 'wait'}" + (
            f"{_and_more(waiting.total, len(facts))}. {unusable}"
        )
    params = {
        "alert_type": ALERT_TYPE,
        "channel": channel,
        "cause": "given_up" if alarming else "misconfigured",
        "message": f"{TITLE}: {summary}",
        "details": Json({"notification_ids": [one.id for one in alarming]}),
        "again": bool(alarming),
    }
    incident = db.fetch_one(conn, "outbox/open_undelivered.sql", params)
    if incident is not None:
        _announce(conn, channel, fallback["fallback_channel"], incident, summary, facts)


def recovered(conn: Connection, channel: str) -> None:
    """Something was delivered: whoever was told that ``channel`` fails is told that this is over."""
    found = db.fetch_one(conn, "outbox/find_undelivered.sql", {"alert_type": ALERT_TYPE, "channel": channel})
    if found is None:
        return
    with conn.transaction():
        params = {"incident_id": found["id"], "resolved_by": "dispatch"}
        row = db.fetch_one(conn, "outbox/resolve_undelivered.sql", params)
        if row is None:
            return
        incident = store.incident_of(row)
        message = compose.resolved(incident, TITLE, row["resolved_at"], because=f"{channel} delivers again")
        for told in store.announced_channels(conn, incident.id):
            outbox.enqueue(conn, message, channel=told, incident_id=incident.id)


def _announce(
    conn: Connection, channel: str, fallback: str, incident: Row, summary: str, facts: Sequence[tuple[str, str]]
) -> None:
    again = fallback in store.announced_channels(conn, incident["id"])
    message = Message(
        event=Event.REPEAT if again else Event.TRIGGER,
        severity=Severity.CRITICAL,
        alert_type=ALERT_TYPE,
        entity=channel,
        dedup_key=compose.dedup_key(incident["id"]),
        title=TITLE,
        summary=summary,
        occurred_at=incident["now"],
        facts=tuple(facts),
        sequence=incident["reminders"] if again else 0,
    )
    outbox.enqueue(conn, message, channel=fallback, incident_id=incident["id"])
    log.error("%s; told in %s", summary, fallback)


def _facts(undelivered: Iterable[tuple[dict[str, Any], str]]) -> list[tuple[str, str]]:
    """The gravest of them: what each was to say, and why it was not said."""
    sound: list[tuple[Message, str]] = []
    broken: list[tuple[str, str]] = []
    for stored, why in undelivered:
        try:
            sound.append((Message.from_json(stored), why))
        except (AttributeError, KeyError, TypeError, ValueError):
            title = stored.get("title") if isinstance(stored, dict) else None
            broken.append((str(title or "A message that cannot be read"), cut(why, MAX_WHY)))
    whys = {id(message): why for message, why in sound}
    named = [(headline(message), _fact(message, whys[id(message)])) for message in gravest(m for m, _ in sound)]
    return [*broken, *named][:MAX_SHOWN]


def _fact(message: Message, why: str) -> str:
    said = cut(one_line(detail(message)), MAX_DETAIL)
    return " – ".join(filter(None, (said, cut(why, MAX_WHY)))) or "–"


def _number(number: int) -> str:
    return "1 notification" if number == 1 else f"{number} notifications"


def _and_more(total: int, named: int) -> str:
    return f": {named} are named here, and {total - named} more" if total > named else ""
