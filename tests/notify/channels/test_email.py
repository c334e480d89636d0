"""The mail: what a reader sees, how mail programs thread it, and what must not slip into it."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sms_monitoring.local.receivers.connections import FROM_EMAIL
from sms_monitoring.local.receivers.mail import mail_warnings, parse_mail
from sms_monitoring.notify.channels import email, load_channel
from sms_monitoring.notify.channels.base import ConfigurationError, Delivered, Permanent, RetryLater
from sms_monitoring.notify.message import Link, Message, Severity
from sms_monitoring.notify.wording import detail
from tests.notify.channels.contract import ChannelContract
from tests.notify.samples import EVENTS, RESOLVE, TEST, TRIGGER, WARNING

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers
    from tests.notify.far_sides import SmtpFarSide

CANARY = "CANARYpassw0rd"


class TestEmail(ChannelContract):
    channel = "email"
    conn_id = "sms_monitoring_smtp"
    canary = CANARY
    confidential = (base64.b64encode(f"\0ann\0{CANARY}".encode()).decode(),)
    retried = (450, 451, 452)
    whole_channel = (421,)
    final = (550, 552, 554)
    misconfigured = (530, 534, 535, 538)
    far_side = "smtp_far_side"
    answers = tuple(
        (command, code)
        for command in ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "message")
        for code in (421, 451, 550)
    )
    malformed = (
        ("smtp://:25", "has no host"),
        ("smtp://ann:CANARYpassword@127.0.0.1:25", "no mail address as from_email"),
        ("smtp://127.0.0.1:25/?from_email=nobody", "no mail address as from_email"),
        ("smtp://127.0.0.1:25/?from_email=a%40example.com&ssl_context=mine", "ssl_context"),
    )

    def connection(self, port: int, *, disable_tls: bool = True) -> str:
        extra = {"from_email": "sms@example.com", "disable_ssl": True, "disable_tls": disable_tls}
        return f"smtp://ann:{CANARY}@127.0.0.1:{port}/?__extra__={quote(json.dumps(extra), safe='')}"

    def let_answer(self, far_side: SmtpFarSide, answer: Any, words: str) -> None:
        command, code = answer
        far_side.answers[command] = f"{code} {words}"

    def files(self, messages: list[Message]) -> dict[str, str]:
        sent = self.payload(messages, sender="sms@example.com", recipients=("oncall@example.com",))
        text, html = sent.iter_parts()
        headers = [f"{name}: {value}\n" for name, value in sent.items() if not name.startswith(("Content", "MIME"))]
        return {
            "txt": f"{''.join(headers)}\n{text.get_content()}".replace("\r\n", "\n"),
            "html": html.get_content().replace("\r\n", "\n"),
        }

    def check(self, content: dict[str, Any]) -> None:
        assert len(content["subject"].encode("utf-16-le")) // 2 <= email.MAX_SUBJECT
        assert content["envelope_to"] == ["oncall@example.com", "sms-team@example.com"]
        assert content["from"] == FROM_EMAIL
        assert not re.search(r"<(script|img)|javascript:", content["html"])
        assert not re.search(r"&(?!(amp|lt|gt|quot|#\d+|nbsp|middot);)", content["html"])

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        far_side = request.getfixturevalue("smtp_far_side")
        far_side.answers["AUTH"] = "535 5.7.8 wrong password"
        return {"535": self.connection(far_side.port), "STARTTLS": self.connection(far_side.port, disable_tls=False)}


def test_a_recipient_refused_is_noted_and_all_refused_is_final(receivers: Receivers) -> None:
    receivers.fail("email", status=550, at="rcpt", times=1)
    outcome = load_channel("email").send([TRIGGER])
    assert isinstance(outcome, Delivered)
    assert "oncall@example.com: 550" in str(outcome.note)

    receivers.fail("email", status=550, at="rcpt", times=2)
    assert isinstance(load_channel("email").send([TRIGGER]), Permanent)

    receivers.fail("email", status=450, at="rcpt", times=2)
    assert isinstance(load_channel("email").send([TRIGGER]), RetryLater)


@pytest.mark.parametrize(
    ("recipients", "fault"),
    [(None, "missing or empty"), (" , ", "missing or empty"), ("a@b.example, nobody", "nobody")],
)
def test_recipients_that_make_no_sense_are_explained(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, recipients: str | None, fault: str
) -> None:
    monkeypatch.delenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO")
    if recipients is not None:
        monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", recipients)

    with pytest.raises(ConfigurationError) as caught:
        load_channel("email")

    assert fault in str(caught.value)
    assert "airflow variables set sms_monitoring_alert_email_to" in str(caught.value)


def test_each_recipient_gets_it_once(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", "a@example.com,b@example.com , a@example.com,")

    load_channel("email").send([TRIGGER])

    assert receivers.received("email")[0]["content"]["envelope_to"] == ["a@example.com", "b@example.com"]


SENDER = "SMS monitoring <sms@example.com>"
TO = ("oncall@example.com", "team@example.com")


def mail(message: Message) -> EmailMessage:
    """The mail as it arrives."""
    sent = email.format_message(message, sender=SENDER, recipients=TO)
    return message_from_bytes(sent.as_bytes(), policy=default)  # type: ignore[return-value]


def part(message: Message, kind: str) -> str:
    found = mail(message).get_body((kind,))
    assert found is not None
    return found.get_content()


@pytest.mark.parametrize("message", EVENTS.values(), ids=EVENTS)
def test_html_and_plain_text_say_the_same(message: Message) -> None:
    assert [part.get_content_type() for part in mail(message).iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        assert detail(message) in part(message, kind)
        assert message.facts[0][1] in part(message, kind)
    sent = email.format_message(message, sender=SENDER, recipients=TO)
    sent["Date"] = "Sun, 01 Nov 2026 10:00:00 +0000"
    assert list(mail_warnings(parse_mail(sent.as_bytes()))) == []


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (TRIGGER, "🔴 CRITICAL: SMS delivery rate is low"),
        (WARNING, "🟠 WARNING: Opt-outs are many (carrier-a)"),
        (RESOLVE, "✅ RESOLVED: SMS delivery rate is low (was critical)"),
        (TEST, "🧪 TEST: Test alert"),
    ],
)
def test_the_subject_tells_severity_and_state(message: Message, subject: str) -> None:
    assert mail(message)["Subject"] == subject


def test_sender_and_recipients() -> None:
    assert mail(TRIGGER)["From"] == SENDER
    assert mail(TRIGGER)["To"] == "oncall@example.com, team@example.com"


def test_trigger_and_resolve_stand_in_one_thread() -> None:
    trigger, resolve = mail(TRIGGER), mail(RESOLVE)

    assert trigger["Message-ID"] != resolve["Message-ID"]
    assert resolve["References"] == resolve["In-Reply-To"] == trigger["Message-ID"]
    assert trigger["References"] is None
    assert trigger["Message-ID"].endswith(".trigger@example.com>")


def test_each_attempt_has_the_same_id_and_each_incident_its_own() -> None:
    other = replace(TRIGGER, dedup_key="sms-monitoring/another")

    assert mail(TRIGGER)["Message-ID"] == mail(replace(TRIGGER, summary="later"))["Message-ID"]
    assert mail(TRIGGER)["Message-ID"] != mail(other)["Message-ID"]


def test_only_a_critical_trigger_is_marked_as_important() -> None:
    assert mail(TRIGGER)["Importance"] == "high"
    assert mail(RESOLVE)["Importance"] is None
    assert mail(replace(TRIGGER, severity=Severity.WARNING))["Importance"] is None


def test_the_data_cannot_write_html_or_headers() -> None:
    odd = replace(
        TRIGGER,
        title="x\r\nBcc: eve@example.com",
        summary="<script>alert(1)</script>",
        facts=(("<b>", "</td><img src=x onerror=alert(1)>"),),
        links=(
            Link(label="<i>run</i>", url='https://a.example/"><script>'),
            Link(label="no", url="javascript:alert(1)"),
        ),
    )
    html = part(odd, "html")

    assert mail(odd)["Bcc"] is None
    assert mail(odd)["Subject"] == "🔴 CRITICAL: x Bcc: eve@example.com"
    for evil in ("<script>", "<img", "<b>", "<i>", "javascript:"):
        assert evil not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)</script>" in part(odd, "plain"), "plain text is plain"


def test_what_is_huge_is_cut() -> None:
    huge = replace(TRIGGER, title="📵 " * 1000, facts=tuple((str(number), "x" * 10_000) for number in range(80)))

    assert len(mail(huge)["Subject"]) <= email.MAX_SUBJECT
    for kind in ("plain", "html"):
        assert "… and 30 more facts" in part(huge, kind)
        assert "x" * (email.MAX_FACT + 1) not in part(huge, kind)


def test_a_mail_without_facts_and_links() -> None:
    assert part(replace(TRIGGER, facts=(), links=()), "plain").splitlines() == [
        "CRITICAL: SMS delivery rate is low",
        "",
        detail(TRIGGER),
        "",
        "-- ",
        "delivery_rate_critical · all · 2026-11-01 10:00 UTC",
    ]
