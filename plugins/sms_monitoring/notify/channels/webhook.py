"""A signed HTTP POST of JSON to any receiver, by https://www.standardwebhooks.com.

Headers: ``webhook-id``, ``webhook-timestamp`` (seconds of the attempt), ``webhook-signature`` (``v1,`` and the Base64
HMAC-SHA256 of ``id.timestamp.body``). A receiver checks the signature and drops an ``id`` that it has seen.

Body, UTF-8::

    {"type": "sms_monitoring.alerts", "version": 1, "alerts": [
      {"id": "msg_5f…",              // the same whenever the same is said again; drop what you have seen
       "event": "trigger",           // trigger, repeat, escalate, acknowledge, resolve, test, notice
       "sequence": 0,                // the n-th repeat or escalation; else 0
       "severity": "critical",       // info, warning, critical
       "alert_type": "delivery_rate_critical",
       "entity": "all",              // a carrier, a campaign …; "all": the system as a whole
       "dedup_key": "sms-monitoring/…",  // the same for every event of one incident
       "title": "SMS delivery rate is low",
       "summary": "SMS delivery rate is low: 62.1 %, below the threshold of 90 % (sample 1240).",
       "occurred_at": "2026-11-01T10:00:00+00:00",
       "facts": [{"label": "Value", "value": "62.1 %"}],
       "links": [{"label": "Dashboard", "url": "https://…"}]}]}

All texts are plain, cut to the limits below. New keys may come in the same version. One alert or many: each stands in
the body once, and the ``webhook-id`` of one alert is its ``id``. After a failure alerts may come in other groups, so
that the ``id`` of each alert is what to remember.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit

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
from sms_monitoring.notify.redaction import address_parts, connection_secrets
from sms_monitoring.notify.retry import parse_retry_after
from sms_monitoring.notify.text import cut, web_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Message

CONN_ID = "sms_monitoring_webhook"
HOW_TO_SET = (
    f"airflow connections add {CONN_ID} --conn-type http --conn-host https://alerts.example.com/sms"
    " --conn-password 'whsec_…'"
)

RETRIES: dict[int | str, Answer] = {
    "2xx": Answer.DELIVERED,
    # Moved: the signature is for the address that is configured.
    "3xx": Answer.MISCONFIGURED,
    "4xx": Answer.PERMANENT,
    "5xx": Answer.RETRY,
    # The secret, the address or a proxy before it.
    401: Answer.MISCONFIGURED,
    403: Answer.MISCONFIGURED,
    404: Answer.MISCONFIGURED,
    405: Answer.MISCONFIGURED,
    407: Answer.MISCONFIGURED,
    408: Answer.RETRY,
    # "Do not send any more", by the specification.
    410: Answer.MISCONFIGURED,
    425: Answer.RETRY,
    429: Answer.RETRY_WHOLE_CHANNEL,
}

TYPE = "sms_monitoring.alerts"
VERSION = 1
MAX_TITLE = 1000
MAX_SUMMARY = 10_000
MAX_FACTS = 50
MAX_FACT = 1000
MAX_LINKS = 20
MAX_LINK = 2000
SECRET_PREFIX = "whsec_"  # noqa: S105
SECRET_BYTES = range(24, 65)


def format_message(message: Message) -> dict[str, Any]:
    """The body for one."""
    return format_group([message])


def format_group(messages: Sequence[Message]) -> dict[str, Any]:
    """The body for several, all of them, in their order."""
    return {"type": TYPE, "version": VERSION, "alerts": [_alert(message) for message in messages]}


def webhook_id(messages: Sequence[Message]) -> str:
    """The same for the same messages, whenever and however often they are sent."""
    ids = sorted(message_id(message) for message in messages)
    return ids[0] if len(ids) == 1 else _digest(ids)


def message_id(message: Message) -> str:
    """The same for one event of one incident, or for its n-th repeat."""
    return _digest([message.dedup_key, message.event, str(message.sequence)])


def _digest(parts: Sequence[str]) -> str:
    return f"msg_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


def _alert(message: Message) -> dict[str, Any]:
    return {
        "id": message_id(message),
        "event": message.event,
        "sequence": message.sequence,
        "severity": message.severity,
        "alert_type": message.alert_type,
        "entity": cut(message.entity, MAX_TITLE),
        "dedup_key": message.dedup_key,
        "title": cut(message.title, MAX_TITLE),
        "summary": cut(message.summary, MAX_SUMMARY),
        "occurred_at": message.occurred_at.isoformat(),
        "facts": [
            {"label": cut(label, MAX_FACT), "value": cut(value, MAX_FACT)} for label, value in message.facts[:MAX_FACTS]
        ],
        "links": [
            {"label": cut(link.label, MAX_FACT), "url": link.url}
            for link in web_links(message.links)
            if len(link.url) <= MAX_LINK
        ][:MAX_LINKS],
    }


class WebhookChannel:
    """Sends to the URL of the Airflow connection ``sms_monitoring_webhook``, signed with its password.

    :raises ConfigurationError: when the connection is missing, or its URL or secret makes no sense.
    """

    seconds_between_messages = 0.0
    group_size = 100

    def __init__(self) -> None:
        from standardwebhooks import Webhook

        from sms_monitoring.hooks.address import base_url, is_confidential

        connection = read_connection(CONN_ID, HOW_TO_SET)
        host = connection.host or ""
        if "://" in host and connection.port:
            raise wrong_connection(CONN_ID, "has a port beside the URL in its host, which it belongs into", HOW_TO_SET)
        self._url = host if "://" in host else base_url(connection)
        if not is_web_address(self._url):
            raise wrong_connection(CONN_ID, "has no http or https address as its host", HOW_TO_SET)
        if urlsplit(self._url).username is not None:
            raise wrong_connection(CONN_ID, "has a login in its host: the secret is the password's", HOW_TO_SET)
        if not is_confidential(self._url):
            fault = "has an http address: anyone on the way could read it; use https (http is for this machine only)"
            raise wrong_connection(CONN_ID, fault, HOW_TO_SET)
        if not _is_secret(connection.password or ""):
            fault = "has no secret as its password: whsec_ and the Base64 of 24 to 64 random bytes"
            raise wrong_connection(CONN_ID, fault, HOW_TO_SET)
        self._signer = Webhook(connection.password)
        self._secrets = connection_secrets(password=connection.password.removeprefix(SECRET_PREFIX)) | _parts(self._url)

    def send(self, messages: Sequence[Message]) -> Result:
        """POST all in one body; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        from sms_monitoring.hooks.http_post import post_once

        body = json.dumps(format_group(messages), ensure_ascii=False)
        now = datetime.now(UTC)
        name = webhook_id(messages)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "sms-monitoring",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(name, now, body),
        }
        try:
            answer = post_once(self._url, body.encode(), headers, TIMEOUT_SECONDS)
        except (OSError, HTTPException) as error:
            # URLError: it never got there, and nothing else would; else the answer was lost.
            detail = error.reason if isinstance(error, URLError) else f"{type(error).__name__} {error}"
            reason = explain("The webhook cannot be reached", detail, self._secrets)
            return RetryLater(reason, whole_channel=isinstance(error, URLError))
        means = look_up(RETRIES, answer.status)
        reason = explain(f"The webhook answered {answer.status}", answer.text, self._secrets)
        if means is Answer.MISCONFIGURED:
            return misconfigured(reason, CONN_ID, HOW_TO_SET)
        return result(means, reason, parse_retry_after(answer.headers.get("retry-after"), datetime.now(UTC)))


def open_channel() -> WebhookChannel:
    """The channel, with its connection read."""
    return WebhookChannel()


def _is_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(SECRET_PREFIX) and len(key) in SECRET_BYTES


def _parts(url: str) -> frozenset[str]:
    """What of the URL may be a secret of its own: path and query, which a far side may quote."""
    parts = urlsplit(url)
    whole = frozenset(part for part in (parts.path.strip("/"), parts.query) if len(part) > 16)
    return whole | address_parts(f"{parts.path}?{parts.query}")
