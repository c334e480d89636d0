from __future__ import annotations

import uuid
from email import message_from_bytes, policy

from sms_monitoring.digest.mail import compose
from sms_monitoring.digest.render import InlineImage, RenderedDigest
from tests.digest.rows import utc

DIGEST = RenderedDigest(
    subject="SMS digest, Tue 10 Jun 2025: Healthy",
    html='<p>Grüße ▲ <img src="cid:rate-2025-06-10@sms-digest" alt="Rate."></p>',
    text="Grüße ▲",
    images=(InlineImage(cid="rate-2025-06-10@sms-digest", png=b"\x89PNG picture"),),
)


def parsed(**changes):
    options = {
        "sender": "SMS Monitoring <sms@mail.example.com>",
        "recipients": ("a@example.com", "b@example.com"),
        "message_id": uuid.UUID(int=7),
        "sent_at": utc("2025-06-11 07:00"),
    }
    return message_from_bytes(compose(DIGEST, **{**options, **changes}).as_bytes(), policy=policy.default)


def test_plain_text_comes_first_then_html_with_its_pictures():
    mail = parsed()
    text, related = mail.iter_parts()
    html, picture = related.iter_parts()
    assert [part.get_content_type() for part in (mail, text, related, html, picture)] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert (text.get_content().strip(), html.get_content().strip()) == (DIGEST.text, DIGEST.html)
    assert picture["Content-ID"] == "<rate-2025-06-10@sms-digest>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == b"\x89PNG picture"


def test_headers():
    mail = parsed()
    assert mail["From"] == "SMS Monitoring <sms@mail.example.com>"
    assert mail["To"] == "a@example.com, b@example.com"
    assert mail["Date"] == "Wed, 11 Jun 2025 07:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_every_attempt_has_the_same_message_id_and_each_digest_its_own():
    assert parsed()["Message-ID"] == "<sms-digest.00000000000000000000000000000007@mail.example.com>"
    assert parsed(sent_at=utc("2025-06-12 07:00"))["Message-ID"] == parsed()["Message-ID"]
    assert parsed(message_id=uuid.UUID(int=8))["Message-ID"] != parsed()["Message-ID"]


def test_a_long_domain_does_not_break_the_message_id():
    domain = ".".join(["quite-a-long-label"] * 8) + ".example.com"
    assert parsed(sender=f"sms@{domain}")["Message-ID"].endswith(f"@{domain}>")
