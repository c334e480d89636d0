"""Text messages, through Apprise and Twilio: plain words in at most three segments, one link at most.

Answers: https://www.twilio.com/docs/api/errors. Delivered means that Twilio took it, for one recipient at least.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from sms_monitoring.notify.channels.base import (
    MAX_REASON,
    TIMEOUT_SECONDS,
    Answer,
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
    cleaned,
    explain,
    is_web_address,
    look_up,
    misconfigured,
    read_connection,
    result,
    wrong_connection,
)
from sms_monitoring.notify.grouping import MAX_SHOWN, gravest, tally_line
from sms_monitoring.notify.gsm import fit, fits, plain
from sms_monitoring.notify.redaction import connection_secrets
from sms_monitoring.notify.retry import parse_retry_after
from sms_monitoring.notify.text import cut, web_links
from sms_monitoring.notify.wording import look_of, sentence, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sms_monitoring.hooks.http_post import HttpAnswer
    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Message

CONN_ID = "sms_monitoring_sms"
HOW_TO_SET = (
    f"airflow connections add {CONN_ID} --conn-type apprise"
    """ --conn-extra '{"config": {"path": "twilio://ACCOUNT_SID:AUTH_TOKEN@+15551234567", "tag": "alerts"}}'"""
    " (in another region than the US also --conn-host https://api.dublin.ie1.twilio.com)"
)
RECIPIENTS_VARIABLE = "sms_monitoring_alert_sms_to"
HOW_TO_SET_RECIPIENTS = f"airflow variables set {RECIPIENTS_VARIABLE} '+12025550143, +442079460143'"

RETRIES: dict[int | str, Answer] = {
    "2xx": Answer.DELIVERED,
    "3xx": Answer.MISCONFIGURED,
    "4xx": Answer.PERMANENT,
    "5xx": Answer.RETRY,
    401: Answer.MISCONFIGURED,
    403: Answer.MISCONFIGURED,
    404: Answer.MISCONFIGURED,
    407: Answer.MISCONFIGURED,
    408: Answer.RETRY,
    429: Answer.RETRY_WHOLE_CHANNEL,
}
# Twilio's codes that say more than the status: what they speak of stays wrong for every other message.
CODES: dict[int, Answer] = {
    20003: Answer.MISCONFIGURED,  # wrong account or token
    20005: Answer.MISCONFIGURED,  # account not active
    20006: Answer.MISCONFIGURED,  # access denied
    20404: Answer.MISCONFIGURED,  # no such account
    20429: Answer.RETRY_WHOLE_CHANNEL,
    21212: Answer.MISCONFIGURED,  # the sender's number: invalid, of no use for text, of another account
    21606: Answer.MISCONFIGURED,
    21611: Answer.RETRY_WHOLE_CHANNEL,  # its queue is full
    21659: Answer.MISCONFIGURED,
    21660: Answer.MISCONFIGURED,
    63038: Answer.RETRY_WHOLE_CHANNEL,  # daily limit
}
# Invalid, not reachable, region not permitted, not verified on trial, said STOP, no mobile.
ABOUT_THE_RECIPIENT = {21211, 21408, 21608, 21610, 21612, 21614}

# Each takes two time-outs at worst, and all of them together must end before the outbox' lease does.
MAX_RECIPIENTS = 10
MAX_LINK = 150
MAX_ITEM = 100
_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Seven digits and more, however they are written; a code of Twilio's has five.
_NUMBER = re.compile(r"\+?(?:\d[\s().-]{0,2}){6,}\d")


def format_message(message: Message) -> str:
    """The text of one."""
    link = next((f" {link.url}" for link in web_links(message.links) if _is_short(link.url)), "")
    return fit(plain(f"{look_of(message).word.upper()}: {sentence(message)}"), link)


def format_group(messages: Sequence[Message]) -> str:
    """The text of several: how many of each kind, then the gravest, as many as there is room for."""
    head = f"{len(messages)} alerts: {tally_line(messages)}. "
    shown = [_item(message) for message in gravest(messages)[:MAX_SHOWN]]
    while True:
        rest = len(messages) - len(shown)
        text = f"{head}{'; '.join(shown)}{f'; and {rest} more' if rest else ''}"
        if fits(text) or len(shown) == 1:
            return fit(text)
        shown.pop()


def _item(message: Message) -> str:
    return plain(cut(f"{look_of(message).word.upper()}: {subject_of(message)}", MAX_ITEM))


def _is_short(url: str) -> bool:
    return len(url) < MAX_LINK and is_web_address(url)


class SmsChannel:
    """Sends through the Twilio service of the Airflow connection ``sms_monitoring_sms``.

    The Airflow variable ``sms_monitoring_alert_sms_to`` names the recipients: numbers in E.164, separated by commas.

    :raises ConfigurationError: when connection or variable is missing or makes no sense.
    """

    seconds_between_messages = 1.0
    group_size = 1000

    def __init__(self) -> None:
        from sms_monitoring.hooks.address import is_confidential
        from sms_monitoring.hooks.twilio import TwilioHook, TwilioServiceError

        read_connection(CONN_ID, HOW_TO_SET)
        try:
            self._hook = TwilioHook(apprise_conn_id=CONN_ID, timeout=TIMEOUT_SECONDS)
        except TwilioServiceError as error:
            raise wrong_connection(CONN_ID, str(error), HOW_TO_SET) from None
        if not is_web_address(self._hook.base_url):
            raise wrong_connection(CONN_ID, "has a host that is no http or https address", HOW_TO_SET)
        if not is_confidential(self._hook.base_url):
            raise wrong_connection(CONN_ID, "has an http host, where only https keeps the token secret", HOW_TO_SET)
        self._recipients = _recipients()
        secrets = [*self._hook.secrets, *(f"{self._hook.login}:{secret}" for secret in self._hook.secrets)]
        self._secrets = frozenset(form for secret in secrets for form in connection_secrets(password=secret))

    def send(self, messages: Sequence[Message]) -> Result:
        """Send one text to all recipients; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        text = format_message(messages[0]) if len(messages) == 1 else format_group(messages)
        outcomes: dict[str, Result | _RecipientRefused] = {}
        for number in self._recipients:
            outcomes[number] = outcome = self._send(text, number)
            if _concerns_all(outcome) and not any(isinstance(one, Delivered) for one in outcomes.values()):
                break
        return _summed_up(outcomes)

    def _send(self, text: str, number: str) -> Result | _RecipientRefused:
        try:
            answer = self._hook.send_text(text, number)
        except (OSError, HTTPException) as error:
            # URLError: it never got there, and nothing else would; else the answer was lost.
            detail = error.reason if isinstance(error, URLError) else f"{type(error).__name__} {error}"
            reason = self._explain("Twilio cannot be reached", detail)
            return RetryLater(reason, whole_channel=isinstance(error, URLError))
        return self._judge(answer)

    def _judge(self, answer: HttpAnswer) -> Result | _RecipientRefused:
        told = _read(answer.text)
        code = told["code"] if isinstance(told.get("code"), int) else 0
        means = CODES.get(code) or look_up(RETRIES, answer.status)
        detail = f"{code} {told.get('message', '')}" if code else answer.text
        reason = self._explain(f"Twilio answered {answer.status}", detail)
        if code in ABOUT_THE_RECIPIENT:
            return _RecipientRefused(reason)
        if means is Answer.DELIVERED and not told.get("sid"):
            # Some proxy's page.
            means = Answer.RETRY
        if means is Answer.MISCONFIGURED:
            return misconfigured(reason, CONN_ID, HOW_TO_SET)
        return result(means, reason, parse_retry_after(answer.headers.get("retry-after"), datetime.now(UTC)))

    def _explain(self, what: str, detail: object) -> str:
        # Redacted first: a masked digit of the token would hide it from redaction.
        return explain(what, _NUMBER.sub(_masked, cleaned(str(detail), self._secrets)), ())


def open_channel() -> SmsChannel:
    """The channel, with its connection and recipients read."""
    return SmsChannel()


@dataclass(frozen=True, slots=True)
class _RecipientRefused:
    """This number gets no message at all; another may."""

    reason: str


def _concerns_all(outcome: Result | _RecipientRefused) -> bool:
    return isinstance(outcome, Misconfigured) or (isinstance(outcome, RetryLater) and outcome.whole_channel)


def _summed_up(outcomes: Mapping[str, Result | _RecipientRefused]) -> Result:
    """What came of all recipients: delivered if one of them has it, else the most hopeful of what was answered."""
    failures = {number: outcome for number, outcome in outcomes.items() if not isinstance(outcome, Delivered)}
    said = cut("; ".join(f"…{number[-2:]}: {outcome.reason}" for number, outcome in failures.items()), MAX_REASON)
    if len(failures) < len(outcomes):
        return Delivered(f"not to each recipient: {said}" if failures else None)
    retries = [outcome for outcome in failures.values() if isinstance(outcome, RetryLater)]
    if retries:
        pauses = [retry.after_seconds for retry in retries if retry.after_seconds is not None]
        return RetryLater(said, max(pauses, default=None), any(retry.whole_channel for retry in retries))
    for outcome in failures.values():
        if isinstance(outcome, Misconfigured):
            return outcome
    if any(isinstance(outcome, _RecipientRefused) for outcome in failures.values()):
        return Misconfigured(
            f"{said}. Check the Airflow variable {RECIPIENTS_VARIABLE!r}; set it with: {HOW_TO_SET_RECIPIENTS}"
        )
    return Permanent(said)


def _read(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _masked(number: re.Match[str]) -> str:
    return f"…{number[0][-2:]}"


def _recipients() -> tuple[str, ...]:
    from airflow.sdk import Variable

    try:
        configured = str(Variable.get(RECIPIENTS_VARIABLE, default="") or "")
    except Exception as error:
        raise _wrong_recipients(f"cannot be read ({type(error).__name__})") from None
    entries = [part.strip() for part in configured.split(",") if part.strip()]
    if not entries:
        raise _wrong_recipients("is missing or empty")
    if len(entries) > MAX_RECIPIENTS:
        raise _wrong_recipients(f"holds {len(entries)} numbers, at most {MAX_RECIPIENTS}")
    for place, entry in enumerate(entries, start=1):
        if not _E164.fullmatch(entry):
            raise _wrong_recipients(
                f"holds as number {place} of {len(entries)}, ending in {entry[-2:]!r}, what is not in E.164:"
                " a +, the country's code, the number, no spaces"
            )
    return tuple(dict.fromkeys(entries))


def _wrong_recipients(fault: str) -> ConfigurationError:
    return ConfigurationError(f"Airflow variable {RECIPIENTS_VARIABLE!r} {fault}. Set it with: {HOW_TO_SET_RECIPIENTS}")
