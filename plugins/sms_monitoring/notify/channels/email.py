"""E-mail, through SMTP: HTML and plain text; what is said about one incident stands in one thread."""

from __future__ import annotations

import hashlib
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr
from functools import cache
from pathlib import Path
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from ssl import SSLEOFError, SSLError
from typing import TYPE_CHECKING, Any

from sms_monitoring.notify.channels.base import (
    Answer,
    ConfigurationError,
    Delivered,
    explain,
    look_up,
    misconfigured,
    read_connection,
    result,
    wrong_connection,
)
from sms_monitoring.notify.grouping import MAX_SHOWN, gravest, tally, tally_line
from sms_monitoring.notify.message import Event, Severity
from sms_monitoring.notify.redaction import connection_secrets
from sms_monitoring.notify.text import cut, one_line, web_links
from sms_monitoring.notify.wording import detail, headline, look_of, severity_aside, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from sms_monitoring.notify.channels.base import Result
    from sms_monitoring.notify.message import Message

CONN_ID = "sms_monitoring_smtp"
HOW_TO_SET = (
    f"airflow connections add {CONN_ID} --conn-type smtp --conn-host smtp.example.com --conn-port 587"
    " --conn-login USER --conn-password PASSWORD"
    """ --conn-extra '{"from_email": "sms-monitoring@example.com", "disable_ssl": true}'"""
)
RECIPIENTS_VARIABLE = "sms_monitoring_alert_email_to"

RETRIES: dict[int | str, Answer] = {
    "4xx": Answer.RETRY,
    "5xx": Answer.PERMANENT,
    421: Answer.RETRY_WHOLE_CHANNEL,
    # Wants a login, or another one: https://www.rfc-editor.org/rfc/rfc4954#section-6
    530: Answer.MISCONFIGURED,
    534: Answer.MISCONFIGURED,
    535: Answer.MISCONFIGURED,
    538: Answer.MISCONFIGURED,
}
# Greeting, login and sender have nothing to do with the one message: what they meet with, all others would.
BEFORE_THE_MESSAGE = {Answer.RETRY: Answer.RETRY_WHOLE_CHANNEL, Answer.PERMANENT: Answer.MISCONFIGURED}
# What went wrong where the server gave no code; the first that fits.
WITHOUT_ANSWER: tuple[tuple[tuple[type[Exception], ...], Answer], ...] = (
    ((SMTPServerDisconnected, TimeoutError, ConnectionResetError, BrokenPipeError, SSLEOFError), Answer.RETRY),
    # No way to log in or to agree on TLS: OSError comes after, because these are OSErrors too.
    ((SMTPException, SSLError), Answer.MISCONFIGURED),
    ((OSError,), Answer.RETRY_WHOLE_CHANNEL),
    ((Exception,), Answer.MISCONFIGURED),
)

TEMPLATES = Path(__file__).parents[1] / "templates"
MAX_SUBJECT = 200
MAX_FACTS = 50
MAX_FACT = 2000
# What is told of each message of a group.
MAX_ITEM = 500
STARTS_A_THREAD = (Event.TRIGGER, Event.TEST, Event.NOTICE)


def format_message(message: Message, *, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail, but for the date on which it is sent."""
    mail = _envelope(_subject(message), sender, recipients, important=_is_urgent(message))
    trigger_id = _message_id(message, sender, Event.TRIGGER)
    mail["Message-ID"] = _message_id(message, sender)
    if message.event not in STARTS_A_THREAD:
        mail["In-Reply-To"] = trigger_id
        mail["References"] = trigger_id
    shown: dict[str, Any] = {
        "message": message,
        "when": _when(message),
        "look": look_of(message),
        "aside": severity_aside(message),
        "subject": subject_of(message),
        "summary": detail(message),
        "facts": [(one_line(label), cut(value.strip(), MAX_FACT)) for label, value in message.facts[:MAX_FACTS]],
        "hidden_facts": max(0, len(message.facts) - MAX_FACTS),
        "links": list(web_links(message.links)),
    }
    return _with_bodies(mail, "alert", shown)


def format_group(messages: Sequence[Message], *, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail about several: how many of each kind, then the gravest, each in its colour."""
    ranked = gravest(messages)
    heading = tally_line(ranked, signs=True)
    hidden = ranked[MAX_SHOWN:]
    mail = _envelope(heading, sender, recipients, important=any(map(_is_urgent, messages)))
    parts = sorted(_message_id(message, sender) for message in messages)
    mail["Message-ID"] = f"<{_digest(''.join(parts))}.group@{_domain(sender)}>"
    times = sorted(_when(message) for message in messages)
    shown: dict[str, Any] = {
        "heading": heading,
        "look": look_of(ranked[0]),
        "tally": tally(ranked),
        "summary": f"{headline(ranked[0])}. {one_line(detail(ranked[0]))}",
        "items": [_item(message) for message in ranked[:MAX_SHOWN]],
        "more": f"and {len(hidden)} more: {tally_line(hidden)}" if hidden else "",
        "number": len(ranked),
        "when": " to ".join(dict.fromkeys((times[0], times[-1]))),
    }
    return _with_bodies(mail, "alerts", shown)


def format_messages(messages: Sequence[Message], *, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail about one message or several."""
    if len(messages) == 1:
        return format_message(messages[0], sender=sender, recipients=recipients)
    return format_group(messages, sender=sender, recipients=recipients)


def _envelope(subject: str, sender: str, recipients: tuple[str, ...], *, important: bool) -> EmailMessage:
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Subject"] = cut(subject, MAX_SUBJECT)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    # No out-of-office answers.
    mail["Auto-Submitted"] = "auto-generated"
    if important:
        mail["Importance"] = "high"
    return mail


def _with_bodies(mail: EmailMessage, template: str, shown: dict[str, Any]) -> EmailMessage:
    mail.set_content(_templates().get_template(f"{template}.txt.j2").render(shown))
    mail.add_alternative(_templates().get_template(f"{template}.html.j2").render(shown), subtype="html")
    return mail


def _item(message: Message) -> dict[str, Any]:
    """What a mail about several says of one."""
    return {
        "look": look_of(message),
        "aside": severity_aside(message),
        "subject": cut(subject_of(message), MAX_SUBJECT),
        "summary": cut(one_line(detail(message)), MAX_ITEM),
        "link": next(web_links(message.links), None),
        "when": _when(message),
    }


def _is_urgent(message: Message) -> bool:
    return message.event in (Event.TRIGGER, Event.ESCALATE) and message.severity is Severity.CRITICAL


def _subject(message: Message) -> str:
    look = look_of(message)
    aside = severity_aside(message)
    return f"{look.sign} {look.word.upper()}: {subject_of(message)}" + (f" ({aside})" if aside else "")


def _when(message: Message) -> str:
    return f"{message.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _message_id(message: Message, sender: str, event: Event | None = None) -> str:
    """The same for each attempt, so that a mail program folds what came twice and finds the thread.

    :param event: another one of the same incident than the message's own.
    """
    which = event or (f"{message.event}.{message.sequence}" if message.sequence else message.event)
    return f"<{_digest(message.dedup_key)}.{which}@{_domain(sender)}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


class EmailChannel:
    """Sends through the Airflow connection ``sms_monitoring_smtp``.

    The Airflow variable ``sms_monitoring_alert_email_to`` names the recipients, separated by commas.

    :raises ConfigurationError: when connection or variable is missing or makes no sense.
    """

    seconds_between_messages = 0.0
    group_size = 1000

    def __init__(self) -> None:
        from sms_monitoring.hooks.smtp import OneAttemptSmtpHook

        connection = read_connection(CONN_ID, HOW_TO_SET)
        extra = connection.extra_dejson
        self._sender = str(extra.get("from_email") or "")
        if not connection.host:
            raise wrong_connection(CONN_ID, "has no host", HOW_TO_SET)
        if not _is_address(self._sender):
            raise wrong_connection(CONN_ID, "has no mail address as from_email in its extra", HOW_TO_SET)
        if extra.get("ssl_context", "default") not in ("default", "none"):
            raise wrong_connection(CONN_ID, "has an ssl_context in its extra other than default or none", HOW_TO_SET)
        self._recipients = _recipients()
        self._secrets = connection_secrets(password=connection.password, login=connection.login, extra=extra)
        self._hook = OneAttemptSmtpHook(CONN_ID)

    def send(self, messages: Sequence[Message]) -> Result:
        """Send one mail to all recipients; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        from airflow.sdk.exceptions import AirflowException

        mail = format_messages(messages, sender=self._sender, recipients=self._recipients)
        mail["Date"] = formatdate()
        try:
            refused = self._hook.send_mail(mail)
        except (SMTPException, AirflowException, OSError) as error:
            return self._judge(error)
        note = explain("the server refused", _answers(refused), self._secrets) if refused else None
        return Delivered(note)

    def _judge(self, error: Exception) -> Result:
        match error:
            case SMTPRecipientsRefused():
                # Worth another try as long as one of them is.
                means = look_up(RETRIES, min(code for code, _ in error.recipients.values()))
                said = _answers(error.recipients)
            case SMTPResponseException():
                means = look_up(RETRIES, error.smtp_code)
                if not isinstance(error, SMTPDataError):
                    means = BEFORE_THE_MESSAGE.get(means, means)
                said = f"{error.smtp_code} {_text(error.smtp_error)}"
            case _:
                means = next(answer for kinds, answer in WITHOUT_ANSWER if isinstance(error, kinds))
                said = f"{type(error).__name__} {error}"
        reason = explain("The mail server did not take it", said, self._secrets)
        return misconfigured(reason, CONN_ID, HOW_TO_SET) if means is Answer.MISCONFIGURED else result(means, reason)


def open_channel() -> EmailChannel:
    """The channel, with its connection and recipients read."""
    return EmailChannel()


def _recipients() -> tuple[str, ...]:
    from airflow.sdk import Variable

    how = f"airflow variables set {RECIPIENTS_VARIABLE} 'oncall@example.com, sms-team@example.com'"
    try:
        configured = str(Variable.get(RECIPIENTS_VARIABLE, default="") or "")
    except Exception as error:
        raise ConfigurationError(
            f"Airflow variable {RECIPIENTS_VARIABLE!r} cannot be read ({type(error).__name__}). Set it with: {how}"
        ) from None
    addresses = tuple(dict.fromkeys(part.strip() for part in configured.split(",") if part.strip()))
    wrong = [address for address in addresses if not _is_address(address)]
    if not addresses or wrong:
        fault = f"holds what is no mail address: {', '.join(wrong)}" if wrong else "is missing or empty"
        raise ConfigurationError(f"Airflow variable {RECIPIENTS_VARIABLE!r} {fault}. Set it with: {how}")
    return addresses


def _is_address(text: str) -> bool:
    name, _, domain = parseaddr(text)[1].rpartition("@")
    return bool(name and domain) and not any(character in text for character in "\r\n") and " " not in name + domain


def _answers(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{address}: {code} {_text(text)}" for address, (code, text) in refused.items())


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
