"""The result of a replay by e-mail: its figures, its firings and its chart."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sms_monitoring.charts.png import render_png
from sms_monitoring.digest.mail import compose, deliver, read_sender
from sms_monitoring.digest.recipients import normalise
from sms_monitoring.digest.render import InlineImage, RenderedDigest
from sms_monitoring.notify.channels.email import CONN_ID, TEMPLATES
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.replay.record import chart
from sms_monitoring.replay.report import (
    LEFT_OUT,
    asked,
    condition,
    firing_table,
    headline,
    missed_table,
    report,
    totals,
)

if TYPE_CHECKING:
    from email.message import EmailMessage

    import jinja2

    from sms_monitoring.replay.model import ReplayResult

KIND = "replay"
COLOUR = "#2f5fa8"
# As wide as the card's text; drawn at twice that.
WIDTH = 536
# Lines of a list that a mail shows.
MOST_LINES = 20


def recipients_of(email_to: str | None) -> tuple[str, ...]:
    """Who gets the mail: the addresses of a form field, none where it is empty.

    :raises ReplayError: for a malformed address, naming it.
    """
    if not email_to or not email_to.strip():
        return ()
    try:
        return normalise(email_to, KIND)
    except ValueError as error:
        raise ReplayError(f"email_to: {error}") from error


def render(result: ReplayResult) -> RenderedDigest:
    """The parts of the mail."""
    cid = f"{KIND}@sms-monitoring"
    firings, missed = firing_table(result), missed_table(result)
    subject = f"Threshold replay: {result.alert.name} {condition(result.proposed, result.alert.unit)}"
    html = _template().render(
        subject=subject,
        look={"colour": COLOUR},
        alert_type=result.alert.name,
        summary=headline(result),
        asked=asked(result),
        cid=cid,
        alt=f"The value over time with both thresholds, the firings and the known incidents. {headline(result)}",
        totals=[("", "now", "proposed"), *totals(result)],
        firings=firings[: MOST_LINES + 1],
        more_firings=max(0, len(firings) - 1 - MOST_LINES),
        missed=missed[: MOST_LINES + 1],
        more_missed=max(0, len(missed) - 1 - MOST_LINES),
        left_out=LEFT_OUT,
    )
    picture = render_png(chart(result, width=WIDTH))
    return RenderedDigest(subject=subject, html=html, text=report(result), images=(InlineImage(cid=cid, png=picture),))


def mail_of(result: ReplayResult, recipients: tuple[str, ...], *, sender: str, replay_id: int) -> EmailMessage:
    """The mail.

    :param replay_id: of the saved row; another try to send it carries the same Message-ID.
    """
    return compose(
        render(result),
        sender=sender,
        recipients=recipients,
        message_id=uuid.uuid5(uuid.NAMESPACE_URL, f"{sender}/{KIND}/{replay_id}"),
        sent_at=datetime.now(UTC),
        kind=KIND,
    )


def send(
    result: ReplayResult, recipients: tuple[str, ...], *, replay_id: int, smtp_conn_id: str = CONN_ID
) -> str | None:
    """Send the result, in one attempt.

    :returns: who was refused while others were not, else None.
    :raises ConfigurationError: when the Airflow connection is missing or incomplete; says how to set it.
    :raises DigestSendError: when the mail server does not take the mail.
    """
    sender = read_sender(smtp_conn_id)
    return deliver(mail_of(result, recipients, sender=sender, replay_id=replay_id), smtp_conn_id, KIND)


@cache
def _template() -> jinja2.Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([Path(__file__).parent / "templates", TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("replay.html.j2")
