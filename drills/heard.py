"""What the receivers got → who was told of what, and when. Pure."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from drills.model import SILENCE, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# As every channel begins a message: sign, word, colon, subject.
_HEADLINE = re.compile(
    r"^\W*(?P<word>(?:still )?(?:critical|warning|info)|escalated|acknowledged|notice|resolved): (?P<subject>.+)$",
    re.IGNORECASE,
)
# Keys of the pages that the watchdog sends past the outbox.
DIRECT = "sms-monitoring/watchdog/"
_ASIDE = re.compile(r" \((?:was )?(?:critical|warning|info)\)$")
_ENTITY = re.compile(r" \((?P<entity>[^()]*)\)$")


def told(records: Iterable[Mapping[str, Any]], titles: Mapping[str, str]) -> list[Told]:
    """What was accepted, oldest first; a message about several incidents is several.

    :param records: of the receivers' control API.
    :param titles: title → alert type.
    """
    found = [each for record in records if record["accepted"] for each in _read(record, titles)]
    return sorted(found, key=lambda one: one.at)


def pings(records: Iterable[Mapping[str, Any]], check: str) -> list[datetime]:
    """When the signs of life of one check came, oldest first."""
    return sorted(
        datetime.fromisoformat(record["received_at"])
        for record in records
        if record["channel"] == "heartbeat"
        and record["accepted"]
        and (record["content"]["check"], record["content"]["signal"]) == (check, "success")
    )


def silences(signs: Sequence[datetime], check: str, allowed: timedelta, until: datetime) -> list[Told]:
    """What a service says of a check whose signs of life came at ``signs``: each silence, and its end.

    :param allowed: how long after a sign it waits for the next: its period and grace.
    :param until: now.
    """
    found = []
    for sign, following in zip_longest(signs, signs[1:]):
        if (following or until) - sign > allowed:
            found.append(Told(at=sign + allowed, channel="heartbeat", about=SILENCE, entity=check))
            if following:
                found.append(Told(at=following, channel="heartbeat", about=SILENCE, entity=check, over=True))
    return found


def _read(record: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Told]:
    at, channel, content = datetime.fromisoformat(record["received_at"]), record["channel"], record["content"]
    if channel == "pagerduty":
        payload = content.get("payload") or {}
        about = payload.get("class") or payload.get("summary") or content.get("dedup_key", "")
        over = content["event_action"] == "resolve"
        if content["event_action"] != "acknowledge":
            entity = _entity(payload.get("component", "")) or _of_watchdog(content.get("dedup_key", ""))
            yield Told(at=at, channel=channel, about=about, entity=entity, over=over)
        return
    if channel == "sentry":
        errors = ((content.get("event") or {}).get("exception") or {}).get("values") or []
        if errors:
            yield Told(at=at, channel=channel, about=str(errors[-1]["type"]))
        return
    lines = {"slack": _slack_lines, "email": _mail_lines}.get(channel, lambda _: iter(()))(content)
    seen = set()
    for line in lines:
        if (match := _HEADLINE.match(line.strip())) is None:
            continue
        about, entity = _subject(match["subject"], titles)
        over = match["word"].lower() == "resolved"
        if (about, entity, over) not in seen:
            seen.add((about, entity, over))
            yield Told(at=at, channel=channel, about=about, entity=entity, over=over)


def _slack_lines(content: Mapping[str, Any]) -> Iterator[str]:
    """The header of one message; of a group, the head of each of its messages."""
    header = next((block["text"]["text"] for block in content.get("blocks", ()) if block["type"] == "header"), "")
    if _HEADLINE.match(header.strip()):
        yield html.unescape(header)
        return
    for attachment in content.get("attachments", ()):
        yield html.unescape(str(attachment.get("fallback", "")))


def _mail_lines(content: Mapping[str, Any]) -> Iterator[str]:
    subject = str(content.get("subject", ""))
    if _HEADLINE.match(subject.strip()):
        yield subject
    else:
        yield from str(content.get("text") or "").splitlines()


def _subject(subject: str, titles: Mapping[str, str]) -> tuple[str, str]:
    subject = _ASIDE.sub("", subject.strip())
    title = max((title for title in titles if subject.startswith(title)), key=len, default="")
    if not title:
        return subject, ""
    entity = _ENTITY.search(subject.removeprefix(title))
    return titles[title], entity["entity"] if entity else ""


def _entity(component: str) -> str:
    return "" if component == "all" else component


def _of_watchdog(dedup_key: str) -> str:
    """What a page past the outbox is about: only its key says so in one word."""
    return dedup_key.removeprefix(DIRECT) if dedup_key.startswith(DIRECT) else ""
