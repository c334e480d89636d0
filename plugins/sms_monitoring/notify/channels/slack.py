"""Slack, through an incoming webhook: Block Kit, with the severity's colour at the side.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sms_monitoring.notify.channels.base import (
    TIMEOUT_SECONDS,
    Answer,
    RetryLater,
    explain,
    is_web_address,
    look_up,
    misconfigured,
    read_connection,
    result,
    wrong_connection,
)
from sms_monitoring.notify.grouping import MAX_SHOWN, gravest, tally_line
from sms_monitoring.notify.redaction import connection_secrets
from sms_monitoring.notify.retry import parse_retry_after
from sms_monitoring.notify.text import cut, escape_slack, one_line, web_links
from sms_monitoring.notify.wording import detail, headline, look_of, sentence, severity_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Link, Message

CONN_ID = "sms_monitoring_slack"
HOW_TO_SET = (
    f"airflow connections add {CONN_ID} --conn-type slackwebhook"
    " --conn-password 'https://hooks.slack.com/services/T…/B…/…'"
)

RETRIES: dict[int | str, Answer] = {
    "2xx": Answer.DELIVERED,
    "3xx": Answer.PERMANENT,
    "4xx": Answer.PERMANENT,
    "5xx": Answer.RETRY,
    408: Answer.RETRY,
    429: Answer.RETRY_WHOLE_CHANNEL,
}
# Words of Slack's answers that speak of the webhook, not of the message:
# https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
ABOUT_THE_WEBHOOK = {
    "action_prohibited",
    "channel_is_archived",
    "channel_not_found",
    "invalid_token",
    "no_active_hooks",
    "no_service",
    "no_service_id",
    "no_team",
    "posting_to_general_channel_denied",
    "team_disabled",
}

MAX_HEADER = 150
MAX_SECTION = 3000
MAX_FIELDS = 10
MAX_FIELD = 2000
# What is told of each message of a group, before it is escaped.
MAX_ITEM = 300
# What Slack shows of a message in a notification.
MAX_FALLBACK = 1000
_QUIET = "#8a93a0"
_MARKUP = re.compile(r"(?<!\w)[*_~](?=\S)|`")
# slack_sdk writes the webhook's URL into its debug log and into one error; this module says what went wrong.
_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)


def format_message(message: Message) -> dict[str, Any]:
    """The webhook's payload."""
    look = look_of(message)
    fallback = escape_slack(f"{look.sign} {look.word}: {sentence(message)}", MAX_FALLBACK)
    return {
        "text": fallback,
        "blocks": [{"type": "header", "text": _plain(f"{look.sign} {headline(message)}", MAX_HEADER)}],
        "attachments": [{"color": look.colour, "fallback": fallback, "blocks": list(_body(message))}],
    }


def format_group(messages: Sequence[Message]) -> dict[str, Any]:
    """The payload for several: how many of each kind, then the gravest, each in its colour."""
    ranked = gravest(messages)
    shown, hidden = ranked[:MAX_SHOWN], ranked[MAX_SHOWN:]
    heading = tally_line(ranked, signs=True)
    first = ranked[0]
    return {
        "text": escape_slack(f"{heading}. {headline(first)}: {one_line(detail(first))}", MAX_FALLBACK),
        "blocks": [{"type": "header", "text": _plain(heading, MAX_HEADER)}],
        "attachments": [*map(_item, shown), _rest(ranked, hidden)],
    }


def format_messages(messages: Sequence[Message]) -> dict[str, Any]:
    """The payload for one message or several."""
    return format_message(messages[0]) if len(messages) == 1 else format_group(messages)


def _item(message: Message) -> dict[str, Any]:
    """One message of several: what it is about, a sentence, a link."""
    look = look_of(message)
    aside = severity_aside(message)
    head = f"{look.sign} {headline(message)}" + (f" ({aside})" if aside else "")
    told = cut(one_line(detail(message)), MAX_ITEM)
    links = [_link(link) for link in web_links(message.links)][:1]
    if _MARKUP.search(f"{head}\n{told}"):
        blocks: list[dict[str, Any]] = [{"type": "section", "text": _plain(f"{head}\n{told}".strip(), MAX_SECTION)}]
        blocks += [{"type": "context", "elements": [_markdown(link)]} for link in links if _fits(link, MAX_SECTION)]
    else:
        bold = f"*{escape_slack(head, MAX_SECTION // 4)}*"
        lines = f"{bold}\n{escape_slack(_no_quotation(told), MAX_SECTION // 2)}" if told else bold
        blocks = [{"type": "section", "text": _markdown(_join([lines, *links], MAX_SECTION))}]
    return {"color": look.colour, "fallback": escape_slack(head, MAX_FALLBACK), "blocks": blocks}


def _rest(ranked: Sequence[Message], hidden: Sequence[Message]) -> dict[str, Any]:
    newest = max(ranked, key=lambda message: message.occurred_at)
    more = f"and {len(hidden)} more: {tally_line(hidden)}" if hidden else ""
    text = " · ".join(filter(None, (more, _when(newest))))
    return {
        "color": _QUIET,
        "fallback": more or f"{len(ranked)} alerts",
        "blocks": [{"type": "context", "elements": [_markdown(text)]}],
    }


def _body(message: Message) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if summary := detail(message).strip():
        # Plain, so that no * or _ in it turns into formatting.
        blocks.append({"type": "section", "text": _plain(summary, MAX_SECTION)})
    if message.facts:
        blocks.append({"type": "section", "fields": [_field(*fact) for fact in message.facts[:MAX_FIELDS]]})
    if links := _join([_link(link) for link in web_links(message.links)], MAX_SECTION):
        blocks.append({"type": "section", "text": _markdown(links)})
    return [*blocks, {"type": "context", "elements": [_markdown(_context(message))]}]


def _field(label: str, value: str) -> dict[str, Any]:
    label, value = one_line(label), one_line(value) or "–"
    if _MARKUP.search(label + "\n" + value):
        return _plain(f"{label}: {value}", MAX_FIELD)
    head = f"*{escape_slack(label, MAX_FIELD // 4)}*\n"
    return _markdown(head + escape_slack(_no_quotation(value), MAX_FIELD - len(head.encode("utf-16-le")) // 2))


def _no_quotation(line: str) -> str:
    """With a zero-width space where a leading ">" would make it a quotation."""
    return f"\u200b{line}" if line.startswith(">") else line


def _context(message: Message) -> str:
    parts = [f"Alert type `{_code(message.alert_type)}`", f"Entity `{_code(message.entity)}`", _when(message)]
    if aside := severity_aside(message):
        parts.insert(0, aside.capitalize())
    if (more := len(message.facts) - MAX_FIELDS) > 0:
        parts.append(f"{more} more facts are not shown")
    return " · ".join(parts)


def _when(message: Message) -> str:
    when = f"{message.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    # Slack shows it in each reader's own time zone.
    return f"<!date^{int(message.occurred_at.timestamp())}^{{date_short_pretty}}, {{time}}|{when}>"


def _code(text: str) -> str:
    return escape_slack(one_line(text).replace("`", "'") or "–", MAX_FALLBACK)


def _link(link: Link) -> str:
    # These four end a link or its address.
    url = link.url.replace("&", "&amp;").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    label = escape_slack(one_line(link.label).replace("|", "/") or "Link", MAX_HEADER)
    return f"<{one_line(url)}|{label}>"


def _join(parts: list[str], limit: int) -> str:
    """As many whole parts as fit."""
    joined = ""
    for part in parts:
        longer = f"{joined}  ·  {part}" if joined else part
        if _fits(longer, limit):
            joined = longer
    return joined


def _fits(text: str, limit: int) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= limit


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": escape_slack(text, limit), "emoji": True}


def _markdown(text: str) -> dict[str, Any]:
    # Verbatim: no address, channel or person is made out of words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


class SlackChannel:
    """Sends to the webhook of the Airflow connection ``sms_monitoring_slack``.

    :raises ConfigurationError: when the connection is missing or names no webhook.
    """

    seconds_between_messages = 1.0
    group_size = 1000

    def __init__(self) -> None:
        from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

        connection = read_connection(CONN_ID, HOW_TO_SET)
        if not (connection.password or "").strip():
            raise wrong_connection(CONN_ID, "has no password, where the webhook's URL belongs", HOW_TO_SET)
        # No retry handlers: those of slack_sdk send again what may have been taken.
        hook = SlackWebhookHook(
            slack_webhook_conn_id=CONN_ID, timeout=TIMEOUT_SECONDS, retry_handlers=[], logger=_SILENT
        )
        self._client = hook.client
        self._secrets = connection_secrets(password=connection.password, host=connection.host) | connection_secrets(
            password=self._client.url
        )
        if not is_web_address(self._client.url):
            raise wrong_connection(CONN_ID, "makes no http or https address of its host and password", HOW_TO_SET)

    def send(self, messages: Sequence[Message]) -> Result:
        """Post them as one message; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        from http.client import HTTPException
        from urllib.error import URLError

        try:
            answer = self._client.send_dict(format_messages(messages))
        except (OSError, HTTPException) as error:
            # URLError: it never got there, and nothing else would; else the answer was lost.
            detail = error.reason if isinstance(error, URLError) else f"{type(error).__name__} {error}"
            reason = explain("Slack cannot be reached", detail, self._secrets)
            return RetryLater(reason, whole_channel=isinstance(error, URLError))
        headers = {name.lower(): value for name, value in answer.headers.items()}
        means = look_up(RETRIES, answer.status_code)
        if means is Answer.PERMANENT and answer.body.strip() in ABOUT_THE_WEBHOOK:
            means = Answer.MISCONFIGURED
        reason = explain(f"Slack answered {answer.status_code}", answer.body, self._secrets)
        if means is Answer.MISCONFIGURED:
            return misconfigured(reason, CONN_ID, HOW_TO_SET)
        return result(means, reason, parse_retry_after(headers.get("retry-after"), datetime.now(UTC)))


def open_channel() -> SlackChannel:
    """The channel, with its connection read."""
    return SlackChannel()
