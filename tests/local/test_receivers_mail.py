"""A mail taken apart, and what its reader would miss."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from sms_monitoring.local.receivers.mail import html_with_images, mail_warnings, parse_mail

PNG = b"\x89PNG\r\n\x1a\n"


HTML = '<p>Ünïcode <img src="cid:chart"></p>'


def digest(*, cid: str = "chart", kind: str = "image") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Tägliche Übersicht", "SMS Monitoring <sms@example.com>"
    mail["To"], mail["Cc"] = "a@example.com, B <b@example.com>", "c@example.com"
    mail.set_content("In plain words")
    mail.add_alternative(HTML, subtype="html")
    html_part = mail.get_payload()[1]
    html_part.add_related(PNG, kind, "png" if kind == "image" else "octet-stream", cid=f"<{cid}>")
    mail.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="hours.csv")
    return mail


def test_takes_a_mail_apart() -> None:
    mail = parse_mail(digest().as_bytes())
    assert mail["subject"] == "Tägliche Übersicht"
    assert mail["from"] == "SMS Monitoring <sms@example.com>"
    assert (mail["to"], mail["cc"]) == (["a@example.com", "b@example.com"], ["c@example.com"])
    assert mail["text"].strip() == "In plain words"
    assert "Ünïcode" in mail["html"]
    (image,) = mail["inline"]
    assert (image["cid"], image["content_type"], image["size"]) == ("chart", "image/png", len(PNG))
    assert mail["attachments"] == [{"filename": "hours.csv", "content_type": "text/csv", "size": 4}]
    assert [*mail_warnings(mail)] == []


def test_html_stands_alone_once_its_images_are_in_it() -> None:
    assert '<img src="data:image/png;base64,iVBORw0KGgo=">' in html_with_images(parse_mail(digest().as_bytes()))


def test_a_mail_of_plain_text_only_is_fine() -> None:
    mail = parse_mail(b"Subject: x\r\n\r\nhello")
    assert (mail["text"], mail["html"], mail["inline"]) == ("hello", None, [])
    assert [*mail_warnings(mail)] == []


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        (b"\r\nhello", "there is no subject"),
        (b"Subject: x\r\n\r\n", "there is no text"),
        (b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p>x</p>", "there is no plain-text part beside the HTML"),
        (digest(cid="other").as_bytes(), "the HTML shows cid:chart, but no part has that Content-ID"),
        (digest(kind="application").as_bytes(), "cid:chart is sent as application/octet-stream"),
    ],
)
def test_flags_what_a_reader_would_miss(raw: bytes, warning: str) -> None:
    (told,) = mail_warnings(parse_mail(raw))
    assert told.startswith(warning)


def test_bytes_that_are_no_mail_still_arrive() -> None:
    assert parse_mail(b"\xff\xfe\x00")["subject"] == ""
