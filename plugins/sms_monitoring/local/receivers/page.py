"""The page: what arrived, as a person would see it in Slack, PagerDuty, a mailbox, on a phone, in Sentry …"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from sms_monitoring.local.receivers import mrkdwn
from sms_monitoring.local.receivers.mail import html_with_images
from sms_monitoring.local.receivers.verdict import Channel

if TYPE_CHECKING:
    from sms_monitoring.local.receivers.faults import FaultBook
    from sms_monitoring.local.receivers.incidents import Incident
    from sms_monitoring.local.receivers.store import Record, Store

VIEWS = ("all", *Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of a channel's list: an accepted delivery, or a run of attempts rejected for one reason.

    :param count: how many attempts the row stands for; ``record`` is the latest of them.
    """

    record: Record
    count: int
    first_id: int


def render(store: Store, faults: FaultBook, *, view: str, mail: int | None, part: str) -> tuple[str, str]:
    """The page, and its entity tag.

    :param view: ``all`` or one channel; anything else shows all.
    :param mail: id of the mail to open; None: the newest, in the view of mails.
    :param part: ``html`` or ``text``: which part of the opened mail to show.
    """
    items = {channel: list_items(store.received(channel)) for channel in Channel}
    mails = [item.record for item in items[Channel.EMAIL] if item.record.accepted]
    opened = next((record for record in mails if record.id == mail), mails[0] if mails else None)
    body = (
        _environment()
        .get_template("page.html")
        .render(
            view=view if view in VIEWS else "all",
            items=items,
            accepted={channel: len(store.received(channel, accepted=True)) for channel in Channel},
            rejected={channel: len(store.received(channel, accepted=False)) for channel in Channel},
            pagerduty_rows=pagerduty_rows(store.book.incidents, items[Channel.PAGERDUTY]),
            open_incidents=sum(incident.status != "resolved" for incident in store.book.incidents),
            faults={channel: fault.describe() for channel, fault in faults.active.items()},
            opened=opened,
            chosen=mail is not None,
            part="text" if part == "text" or (opened and not opened.content["html"]) else "html",
        )
    )
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'


def list_items(records: list[Record]) -> list[Item]:
    """Rows for records given oldest first: newest first, equal rejections in a row folded into one."""
    items: list[Item] = []
    for record in records:
        last = items[-1] if items else None
        if last and not record.accepted and (last.record.reason, last.record.status) == (record.reason, record.status):
            items[-1] = Item(record=record, count=last.count + 1, first_id=last.first_id)
        else:
            items.append(Item(record=record, count=1, first_id=record.id))
    return items[::-1]


def pagerduty_rows(incidents: list[Incident], items: list[Item]) -> list[dict[str, Any]]:
    """Incidents, rejected events, and those accepted that had no effect; that which happened last first."""
    rows: list[dict[str, Any]] = [{"at": incident.timeline[-1]["at"], "incident": incident} for incident in incidents]
    rows += [{"at": item.record.received_at, "item": item} for item in items if not _shows_in_incident(item.record)]
    return sorted(rows, key=lambda row: str(row["at"]), reverse=True)


def _shows_in_incident(record: Record) -> bool:
    return record.accepted and all(warning.startswith("folded") for warning in record.warnings)


def mail_html(record: Record) -> str:
    """A mail's HTML part, with its inline images in it."""
    return html_with_images(record.content)


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(mrkdwn=_mrkdwn, plain=_plain, clock=_clock, pretty=_pretty, color=_color)
    return environment


def _mrkdwn(text: object) -> Markup:
    return Markup(mrkdwn.to_html(str(text)))  # noqa: S704 - to_html escapes


def _plain(text: object) -> Markup:
    return Markup(mrkdwn.plain_to_html(str(text), emoji=True))  # noqa: S704 - plain_to_html escapes


def _clock(timestamp: str) -> Markup:
    moment = datetime.fromisoformat(timestamp)
    return Markup('<time datetime="{}">{} UTC</time>').format(timestamp, f"{moment:%H:%M}")


def _pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _color(value: object) -> str:
    named = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}
    text = named.get(str(value), str(value))
    is_hex = text.startswith("#") and len(text) == 7 and all(c in "0123456789abcdefABCDEF" for c in text[1:])
    return text if is_hex else "#8a8f98"
