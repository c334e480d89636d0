"""The weekly review of silences: which have outlived their reason, which are about to end too early."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.alerts.model import ALL
from sms_monitoring.digest.texttable import columns
from sms_monitoring.notify import outbox
from sms_monitoring.notify.message import Event, Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sms_monitoring.db import Connection
    from sms_monitoring.notify.message import Link

# A silence is for an incident or a maintenance, not for good.
LONG = timedelta(days=7)
# A mute window is looked at anew so often.
REVIEW_EVERY = timedelta(days=90)
# Until when somebody should prolong a silence that still holds back something.
EXPIRES_SOON = timedelta(hours=24)
# The message shows so many findings; the task's log shows all.
SHOWN = 20


class Kind(StrEnum):
    """What is odd about a silence."""

    EXPIRES_SOON = "expires_soon"
    """It ends within a day, and an incident it holds back is still open."""
    OUTLIVED = "outlived"
    """What it was made for is over."""
    LONG = "long"
    NO_END = "no_end"
    """A mute window that nobody has to think of ever again."""
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceFacts:
    """A silence or mute window that is in effect or will be, and the incidents it matches.

    :param alert_type: like ``entity`` and ``severity`` a pattern.
    :param recurring: a mute window; else a one-off silence.
    :param open_alert_types: of the open incidents that it matches.
    :param ended: how many incidents that it matches ended while it was in effect.
    """

    id: int
    author: str
    reason: str
    created_at: datetime
    starts_at: datetime
    expires_at: datetime | None
    alert_type: str = "*"
    entity: str = "*"
    severity: str = "*"
    recurring: bool = False
    reviewed_at: datetime | None = None
    made_for_an_incident: bool = False
    its_incident_is_over: bool = False
    open_alert_types: Sequence[str] = ()
    ended: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about one silence that a person should look at."""

    silence_id: int
    kind: Kind
    author: str
    matches: str
    reason: str
    finding: str


def review(silences: Iterable[SilenceFacts], now: datetime) -> list[Finding]:
    """What a person should look at, in the order of the silences; one silence may have several findings."""
    return [
        Finding(
            silence_id=silence.id,
            kind=kind,
            author=_one_line(silence.author),
            matches=_one_line(f"{silence.alert_type} at {silence.entity}, {silence.severity}"),
            reason=_one_line(silence.reason),
            finding=finding,
        )
        for silence in silences
        for kind, finding in _findings(silence, now)
    ]


def load_facts(conn: Connection, now: datetime) -> list[SilenceFacts]:
    """The silences and mute windows that are not over at ``now``."""
    return [SilenceFacts(**row) for row in db.fetch_all(conn, "silences/facts.sql", {"now": now})]


def table(findings: Sequence[Finding]) -> str:
    """The findings as aligned columns of text."""
    header = ("silence", "by", "matches", "finding", "made because")
    rows = [(each.silence_id, each.author, each.matches, each.finding, each.reason) for each in findings]
    return columns([header, *rows], ">")


def notice(findings: Sequence[Finding], now: datetime, day: date, links: tuple[Link, ...] = ()) -> Message:
    """The message about the findings; its dedup_key is the same for all days of one ISO week."""
    year, week, _ = day.isocalendar()
    silences = len({each.silence_id for each in findings})
    more = len(findings) - SHOWN
    return Message(
        event=Event.NOTICE,
        severity=Severity.INFO,
        alert_type="silence_review",
        entity=ALL,
        dedup_key=f"sms-monitoring/silence-review/{year}-W{week:02}",
        title=f"{silences} silence{'' if silences == 1 else 's'} to review",
        summary=(
            "sms_alert_end_silence(id, who) ends a silence that is no longer needed;"
            " sms_alert_review_silence(id, who) says that a mute window still is."
        ),
        occurred_at=now,
        facts=(
            *(
                (f"Silence {each.silence_id} by {each.author}", f"{each.finding} ({each.matches}: {each.reason})")
                for each in findings[:SHOWN]
            ),
            *((("And", f"{more} more: see the log of the DAG run"),) if more > 0 else ()),
        ),
        links=links,
    )


def tell_once(conn: Connection, message: Message, channel: str) -> int | None:
    """Put the notice into the outbox, unless one with its dedup_key is there for the channel.

    :returns: the id of the new row; None where it was told before.
    :raises UnknownChannelError: when the channel does not exist.
    """
    with conn.transaction():
        db.lock(conn, "notice", message.dedup_key)
        params = {"channel": channel, "dedup_key": message.dedup_key}
        if db.fetch_one(conn, "silences/notice.sql", params):
            return None
        return outbox.enqueue(conn, message, channel=channel)


def as_rows(findings: Iterable[Finding]) -> list[dict[str, str | int]]:
    """The findings as plain rows, for XCom."""
    return [{**asdict(each), "kind": str(each.kind)} for each in findings]


def _findings(silence: SilenceFacts, now: datetime) -> Iterable[tuple[Kind, str]]:
    if silence.open_alert_types and silence.expires_at is not None and silence.expires_at - now <= EXPIRES_SOON:
        names = ", ".join(silence.open_alert_types)
        yield Kind.EXPIRES_SOON, f"expires at {silence.expires_at:%Y-%m-%d %H:%M} UTC while {names} is open"
    if silence.recurring:
        last_looked_at = silence.reviewed_at or silence.created_at
        if silence.expires_at is None and (silence.reviewed_at is None or now - last_looked_at > REVIEW_EVERY):
            yield Kind.NO_END, "mute window without an end"
        elif now - last_looked_at > REVIEW_EVERY:
            yield Kind.NOT_REVIEWED, f"mute window, last reviewed {(now - last_looked_at).days} days ago"
        return
    if not silence.open_alert_types:
        if silence.its_incident_is_over:
            yield Kind.OUTLIVED, "the incident it was made for is resolved"
        elif silence.ended and not silence.made_for_an_incident:
            yield Kind.OUTLIVED, "all that it held back is resolved"
    if now - silence.starts_at > LONG:
        yield Kind.LONG, f"in effect for {(now - silence.starts_at).days} days"


def _one_line(text: str) -> str:
    return " ".join(text.split())
