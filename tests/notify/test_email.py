"""The mail: what a reader sees, how mail programs thread it, and what must not slip into it."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from sms_monitoring.local.receivers.mail import mail_warnings, parse_mail
from sms_monitoring.notify.channels import email
from sms_monitoring.notify.message import Link, Message, Severity
from sms_monitoring.notify.wording import detail
from tests.notify.samples import EVENTS, RESOLVE, TEST, TRIGGER, WARNING

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
