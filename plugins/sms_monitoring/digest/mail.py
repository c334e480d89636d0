"""The mail itself, and its way out through Airflow's SMTP connection."""

from __future__ import annotations

import smtplib
from base64 import b64encode
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from airflow.sdk import Connection

    from sms_monitoring.digest.render import RenderedDigest

_SECRET_EXTRAS = ("access_token", "client_secret")


class DigestSendError(RuntimeError):
    """The mail did not go out. The message holds no secret."""


def compose(
    digest: RenderedDigest, *, sender: str, recipients: Sequence[str], message_id: UUID, sent_at: datetime
) -> EmailMessage:
    """The digest as ``multipart/alternative``: plain text, then HTML with its pictures.

    :param message_id: the same for every attempt to send this digest, so that a mail program folds duplicates.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = digest.subject
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<sms-digest.{message_id.hex}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # No out-of-office answers, please (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(digest.text)
    mail.add_alternative(digest.html, subtype="html")
    html: Any = mail.get_payload(1)
    for image in digest.images:
        html.add_related(
            image.png,
            maintype="image",
            subtype="png",
            cid=f"<{image.cid}>",
            disposition="inline",
            filename=f"{image.cid.partition('@')[0]}.png",
        )
    return mail


def sender_of(smtp_conn_id: str) -> str:
    """The From address of an SMTP connection.

    :raises DigestSendError: when the connection is not there or names no sender; says how to set it.
    """
    sender = str(_connection(smtp_conn_id).extra_dejson.get("from_email") or "")
    if "@" not in parseaddr(sender)[1]:
        raise DigestSendError(
            f"Airflow connection {smtp_conn_id!r} names no sender: set from_email in its extra,"
            ' e.g. {"from_email": "sms-monitoring@example.com"}'
        )
    return sender


def deliver(mail: EmailMessage, recipients: Sequence[str], smtp_conn_id: str) -> dict[str, str]:
    """Hand the mail to the server.

    :returns: recipients that the server refused, with its answer; the others get the mail.
    :raises DigestSendError: when the server took the mail for nobody, or was not reached.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    connection = _connection(smtp_conn_id)
    # SmtpHook.send_email_smtp makes no plain-text part, and sends again by itself where only the answer was
    # lost; so the hook connects and logs in, and its smtplib client sends.
    hook = SmtpHook(smtp_conn_id=smtp_conn_id)
    try:
        with hook:
            client: Any = hook._smtp_client
            refused = client.send_message(mail, mail["From"].addresses[0].addr_spec, list(recipients))
            with suppress(smtplib.SMTPException, OSError):
                # Accepted is sent, however the goodbye goes.
                client.quit()
    except Exception as error:
        # Not `from error`: its text, and what it came from, may repeat the password.
        raise DigestSendError(
            f"the mail server of Airflow connection {smtp_conn_id!r} ({connection.host}:{connection.port}) did not take"
            f" the digest: {_redacted(error, connection)}"
        ) from None
    return {address: f"{code} {_text(answer)}" for address, (code, answer) in refused.items()}


def _connection(smtp_conn_id: str) -> Connection:
    from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook

    try:
        connection: Connection = BaseHook.get_connection(smtp_conn_id)
    except AirflowNotFoundException:
        raise DigestSendError(
            f"Airflow connection {smtp_conn_id!r} is missing; set it in Admin > Connections (type SMTP, with from_email"
            f' in its extra) or as AIRFLOW_CONN_{smtp_conn_id.upper()}=\'{{"conn_type": "smtp", "host":'
            ' "smtp.example.com", "port": 587, "login": "…", "password": "…", "extra": {"from_email":'
            ' "sms-monitoring@example.com", "disable_ssl": true}}\''
        ) from None
    return connection


def _redacted(error: Exception, connection: Connection) -> str:
    """The error in words, with every secret of the connection left out."""
    text = f"{type(error).__name__}: {_text(error)}"
    secrets = [connection.password, *(connection.extra_dejson.get(name) for name in _SECRET_EXTRAS)]
    for secret in filter(None, secrets):
        login = connection.login or ""
        # As it stands, and as SMTP's AUTH LOGIN and AUTH PLAIN send it.
        for form in (secret, _base64(secret), _base64(f"\0{login}\0{secret}")):
            text = text.replace(form, "***")
    return text


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
