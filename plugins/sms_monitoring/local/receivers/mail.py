"""A mail as it arrived: parsed into what a mail program shows. Pure: bytes in, parts out."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

_CID = re.compile(r"""(?<=["'(])cid:([^"')\s>]+)""", re.I)


def parse_mail(raw: bytes) -> dict[str, Any]:
    """The parts of a mail.

    :returns: ``subject``, ``from``, ``to`` (list), ``cc`` (list), ``text`` and ``html`` (None where absent),
        ``inline`` (``cid``, ``content_type``, ``size``, ``data`` in base64) and
        ``attachments`` (``filename``, ``content_type``, ``size``).
    """
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    return {
        "subject": str(message.get("Subject", "")),
        "from": str(message.get("From", "")),
        "to": _addresses(message, "To"),
        "cc": _addresses(message, "Cc"),
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "inline": [_inline(part) for part in _leaves(message) if part["Content-ID"]],
        "attachments": [_attachment(part) for part in _leaves(message) if part.is_attachment()],
    }


def mail_warnings(mail: dict[str, Any]) -> Iterator[str]:
    """What a reader of this mail would miss, each in one sentence."""
    if not mail["subject"]:
        yield "there is no subject"
    if not mail["html"] and not (mail["text"] or "").strip():
        yield "there is no text"
    if mail["html"] and not (mail["text"] or "").strip():
        yield "there is no plain-text part beside the HTML"
    parts = {part["cid"]: part for part in mail["inline"]}
    for cid in dict.fromkeys(_CID.findall(mail["html"] or "")):
        if cid not in parts:
            yield f"the HTML shows cid:{cid}, but no part has that Content-ID"
        elif not parts[cid]["content_type"].startswith("image/"):
            yield f"cid:{cid} is sent as {parts[cid]['content_type']}: many mail programs will not show it"


def html_with_images(mail: dict[str, Any]) -> str:
    """The HTML part with its inline images put in as data URLs, so that it stands alone."""
    urls = {part["cid"]: f"data:{part['content_type']};base64,{part['data']}" for part in mail["inline"]}
    return _CID.sub(lambda match: urls.get(match[1], match[0]), mail["html"] or "")


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _addresses(message: EmailMessage, header: str) -> list[str]:
    return [address.addr_spec for value in message.get_all(header, []) for address in value.addresses]


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else None


def _inline(part: EmailMessage) -> dict[str, Any]:
    data = part.get_payload(decode=True) or b""
    assert isinstance(data, bytes)  # noqa: S101 - what a leaf decodes to
    return {
        "cid": str(part["Content-ID"]).strip().strip("<>"),
        "content_type": part.get_content_type(),
        "size": len(data),
        "data": base64.b64encode(data).decode(),
    }


def _attachment(part: EmailMessage) -> dict[str, Any]:
    data = part.get_payload(decode=True) or b""
    return {"filename": part.get_filename() or "", "content_type": part.get_content_type(), "size": len(data)}
