"""PagerDuty, through the Events API v2: one incident for each ``dedup_key``, however often a message is sent.

Limits and answers: https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from __future__ import annotations

import json
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
from sms_monitoring.notify.message import Event, Severity
from sms_monitoring.notify.redaction import connection_secrets
from sms_monitoring.notify.retry import parse_retry_after
from sms_monitoring.notify.text import cut, one_line, web_links
from sms_monitoring.notify.wording import look_of, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Message

CONN_ID = "sms_monitoring_pagerduty"
HOW_TO_SET = (
    f"airflow connections add {CONN_ID} --conn-type pagerduty_events --conn-password INTEGRATION_KEY"
    " (in the EU region also --conn-host https://events.eu.pagerduty.com)"
)

RETRIES: dict[int | str, Answer] = {
    # A success that the client could not read: some proxy's page, not PagerDuty's.
    "2xx": Answer.RETRY,
    "3xx": Answer.PERMANENT,
    "4xx": Answer.PERMANENT,
    "5xx": Answer.RETRY,
    408: Answer.RETRY,
    429: Answer.RETRY_WHOLE_CHANNEL,
    # The address or a proxy before it, not the event: PagerDuty itself answers 400 to a wrong key.
    401: Answer.MISCONFIGURED,
    403: Answer.MISCONFIGURED,
    404: Answer.MISCONFIGURED,
}
SEVERITIES = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.CRITICAL: "critical"}
# What is no acknowledgement and no end opens an incident, or is folded into the open one.
ACTIONS = {Event.ACKNOWLEDGE: "acknowledge", Event.RESOLVE: "resolve"}

SOURCE = "SMS monitoring"
MAX_SUMMARY = 1024
MAX_DETAIL = 10_000
MAX_LINKS = 20
MAX_LINK = 3000
# PagerDuty takes 512 KB for the whole event.
MAX_DETAILS_BYTES = 400 * 1024
_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}")
_ABOUT_THE_KEY = re.compile(r"routing[_ ]key", re.IGNORECASE)


def format_message(message: Message) -> dict[str, Any]:
    """The event, but for the routing key."""
    links = [
        {"href": link.url, "text": cut(one_line(link.label), MAX_SUMMARY)}
        for link in web_links(message.links)
        if len(link.url) <= MAX_LINK
    ]
    event: dict[str, Any] = {
        "event_action": ACTIONS.get(message.event, "trigger"),
        "dedup_key": message.dedup_key,
        "client": SOURCE,
        "payload": {
            "summary": cut(_summary(message), MAX_SUMMARY),
            "source": SOURCE,
            "severity": SEVERITIES[Severity.INFO if message.event is Event.NOTICE else message.severity],
            "timestamp": message.occurred_at.isoformat(),
            "component": cut(one_line(message.entity), MAX_SUMMARY),
            "class": message.alert_type,
            "custom_details": _details(message),
        },
    }
    return event | ({"links": links[:MAX_LINKS], "client_url": links[0]["href"]} if links else {})


def _summary(message: Message) -> str:
    # PagerDuty refuses an event without a summary.
    told = sentence(message) or message.alert_type
    # It shows the severity of a trigger by itself.
    return told if message.event is Event.TRIGGER else f"{look_of(message).word}: {told}"


def _details(message: Message) -> dict[str, str]:
    """The facts under their labels, as many as fit; a label that comes again is numbered."""
    details: dict[str, str] = {}
    used = 0
    for number, (label, value) in enumerate(message.facts):
        name = cut(one_line(label), MAX_SUMMARY)
        while name in details:
            name += "*"
        fact = {name: cut(value, MAX_DETAIL)}
        used += len(json.dumps(fact))
        if used > MAX_DETAILS_BYTES:
            details["…"] = f"{len(message.facts) - number} more facts are not shown"
            break
        details |= fact
    return details


class PagerdutyChannel:
    """Sends to the service whose integration key the Airflow connection ``sms_monitoring_pagerduty`` holds.

    :raises ConfigurationError: when the connection is missing, or its key or host makes no sense.
    """

    seconds_between_messages = 0.0
    # One incident there for each here.
    group_size = 1

    def __init__(self) -> None:
        from sms_monitoring.hooks.pagerduty import RegionalPagerdutyEventsHook

        connection = read_connection(CONN_ID, HOW_TO_SET)
        if not _ROUTING_KEY.fullmatch(connection.password or ""):
            fault = "has no integration key of 32 letters and digits as its password"
            raise wrong_connection(CONN_ID, fault, HOW_TO_SET)
        hook = RegionalPagerdutyEventsHook(pagerduty_events_conn_id=CONN_ID, timeout=TIMEOUT_SECONDS)
        if not is_web_address(hook.base_url):
            raise wrong_connection(CONN_ID, "has a host that is no http or https address", HOW_TO_SET)
        self._client = hook.client
        self._secrets = connection_secrets(
            password=connection.password, host=connection.host, extra=connection.extra_dejson
        )

    def send(self, messages: Sequence[Message]) -> Result:
        """Send one event for the one message; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        from httpx2 import ConnectError, ConnectTimeout
        from pagerduty import Error

        (message,) = messages
        event = format_message(message)
        try:
            self._client.send_event(event.pop("event_action"), **event)
        except Error as error:
            if error.response is not None:
                return self._judge(error.response)
            cause = error.__cause__ or error
            reason = explain("PagerDuty cannot be reached", f"{type(cause).__name__} {cause}", self._secrets)
            return RetryLater(reason, whole_channel=isinstance(cause, (ConnectError, ConnectTimeout)))
        return result(Answer.DELIVERED, "")

    def _judge(self, response: Any) -> Result:
        means = look_up(RETRIES, response.status_code)
        if response.status_code == 400 and _ABOUT_THE_KEY.search(response.text):
            means = Answer.MISCONFIGURED
        reason = explain(f"PagerDuty answered {response.status_code}", response.text, self._secrets)
        if means is Answer.MISCONFIGURED:
            return misconfigured(reason, CONN_ID, HOW_TO_SET)
        return result(means, reason, parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC)))


def open_channel() -> PagerdutyChannel:
    """The channel, with its connection read."""
    return PagerdutyChannel()
