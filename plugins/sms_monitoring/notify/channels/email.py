"""E-mail, through SMTP: HTML and plain text; trigger and end of an incident stand in one thread."""

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
from sms_monitoring.notify.message import Event, Severity
from sms_monitoring.notify.redaction import connection_secrets
from sms_monitoring.notify.text import cut, one_line, web_links
from sms_monitoring.notify.wording import detail, look_of, subject_of

if TYPE_CHECKING:
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


def format_message(message: Message, *, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail, but for the date on which it is sent."""
    look = look_of(message)
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Subject"] = cut(_subject(message), MAX_SUBJECT)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    # No out-of-office answers.
    mail["Auto-Submitted"] = "auto-generated"
    if message.event is Event.TRIGGER and message.severity is Severity.CRITICAL:
        mail["Importance"] = "high"
    trigger_id = _message_id(message.dedup_key, Event.TRIGGER, sender)
    mail["Message-ID"] = _message_id(message.dedup_key, message.event, sender)
    if message.event is Event.RESOLVE:
        mail["In-Reply-To"] = trigger_id
        mail["References"] = trigger_id
    shown: dict[str, Any] = {
        "message": message,
        "when": f"{message.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "look": look,
        "subject": subject_of(message),
        "summary": detail(message),
        "facts": [(one_line(label), cut(value.strip(), MAX_FACT)) for label, value in message.facts[:MAX_FACTS]],
        "hidden_facts": max(0, len(message.facts) - MAX_FACTS),
        "links": list(web_links(message.links)),
    }
    mail.set_content(_templates().get_template("alert.txt.j2").render(shown))
    mail.add_alternative(_templates().get_template("alert.html.j2").render(shown), subtype="html")
    return mail


def _subject(message: Message) -> str:
    look = look_of(message)
    was = f" (was {message.severity})" if message.event is Event.RESOLVE else ""
    return f"{look.sign} {look.word.upper()}: {subject_of(message)}{was}"


def _message_id(dedup_key: str, event: Event, sender: str) -> str:
    """The same for each attempt, so that a mail program folds what came twice and finds the thread."""
    digest = hashlib.sha256(dedup_key.encode()).hexdigest()[:32]
    return f"<{digest}.{event}@{parseaddr(sender)[1].rpartition('@')[2]}>"


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

    def send(self, message: Message) -> Result:
        """Send one mail to all recipients; see :class:`sms_monitoring.notify.channels.base.Channel`."""
        from airflow.sdk.exceptions import AirflowException

        mail = format_message(message, sender=self._sender, recipients=self._recipients)
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
