"""The mail itself, and its way out through Airflow's SMTP connection."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Any

from sms_monitoring.notify.channels.base import explain, read_connection, wrong_connection
from sms_monitoring.notify.redaction import connection_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sms_monitoring.digest.render import RenderedDigest


class DigestSendError(RuntimeError):
    """The digest did not go out. The message holds no secret."""


def how_to_set(smtp_conn_id: str) -> str:
    """The command that sets an SMTP connection."""
    return (
        f"airflow connections add {smtp_conn_id} --conn-type smtp --conn-host smtp.example.com --conn-port 587"
        " --conn-login USER --conn-password PASSWORD"
        """ --conn-extra '{"from_email": "sms-monitoring@example.com", "disable_ssl": true}'"""
    )


def compose(
    digest: RenderedDigest,
    *,
    sender: str,
    recipients: Sequence[str],
    message_id: UUID,
    sent_at: datetime,
    kind: str = "digest",
) -> EmailMessage:
    """The digest as ``multipart/alternative``: plain text, then HTML with its pictures.

    :param message_id: the same for every attempt to send this digest, so that a mail program folds duplicates.
    :param kind: what is sent, one word in lower case.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = digest.subject
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<sms-{kind}.{message_id.hex}@{parseaddr(sender)[1].rpartition('@')[2]}>"
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


def read_sender(smtp_conn_id: str) -> str:
    """The From address of an SMTP connection.

    :raises ConfigurationError: when the connection is missing or names no sender; says how to set it.
    """
    sender = str(read_connection(smtp_conn_id, how_to_set(smtp_conn_id)).extra_dejson.get("from_email") or "")
    name, _, domain = parseaddr(sender)[1].rpartition("@")
    if not (name and domain):
        raise wrong_connection(smtp_conn_id, "has no mail address as from_email in its extra", how_to_set(smtp_conn_id))
    return sender


def deliver(mail: EmailMessage, smtp_conn_id: str, kind: str = "digest") -> str | None:
    """Hand the mail to the server, in one attempt.

    :param kind: what is sent, for the error.
    :returns: who of its recipients the server refused, and why, while it took the mail for the others; else None.
    :raises DigestSendError: when the server was not reached, or took the mail for nobody.
    """
    from sms_monitoring.hooks.smtp import OneAttemptSmtpHook

    connection = read_connection(smtp_conn_id, how_to_set(smtp_conn_id))
    secrets = connection_secrets(password=connection.password, login=connection.login, extra=connection.extra_dejson)
    try:
        refused = OneAttemptSmtpHook(smtp_conn_id).send_mail(mail)
    except Exception as error:  # a library's text may hold the password: none gets by unredacted
        where = f"{connection.host}:{connection.port} (Airflow connection {smtp_conn_id!r})"
        what = f"the mail server {where} did not take the {kind}: {type(error).__name__}"
        reason = explain(what, error, secrets)
    else:
        answers = (
            f"{address}: {code} {answer.decode('utf-8', 'replace')}" for address, (code, answer) in refused.items()
        )
        return explain("the server refused", "; ".join(answers), secrets) if refused else None
    # Raised out here, without the original as its context.
    raise DigestSendError(reason)
