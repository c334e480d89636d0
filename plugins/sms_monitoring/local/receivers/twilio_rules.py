"""What Twilio answers to a POST on its Messages API. Pure: a request in, verdict out.

Numbers: https://www.twilio.com/docs/iam/test-credentials, codes: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from sms_monitoring.local.receivers.sms_segments import encoding_of, segments_of
from sms_monitoring.local.receivers.verdict import Verdict

MAX_BODY = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Twilio's own magic numbers: what is wrong with each, as a recipient and as a sender.
BAD_RECIPIENTS = {
    "+15005550001": (21211, "Invalid 'To' Phone Number: {0}"),
    "+15005550002": (21612, "The 'To' phone number: {0}, is not currently reachable via SMS."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region indicated by '{0}'."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient {0}"),
    "+15005550009": (21614, "'To' number {0} is not a valid mobile number"),
}
BAD_SENDERS = {
    "+15005550001": (21212, "Invalid From Number (caller ID): {0}"),
    "+15005550008": (21611, "This 'From' number {0} has exceeded the maximum number of queued messages"),
}
NO_SENDER = (21606, "The 'From' phone number provided ({0}) is not a valid message-capable Twilio phone number")
FAULT_CODES = {429: (20429, "Too Many Requests"), 401: (20003, "Authenticate"), 404: (20404, "Not found")}


def judge(body: bytes, *, account: str, authorization: str | None, known: tuple[str, str, str]) -> Verdict:
    """The verdict on one message.

    :param body: form fields, URL-encoded.
    :param account: the account SID of the path.
    :param authorization: the Authorization header.
    :param known: SID and token of the only account there is, and the only number it may send from.
    """
    sid, token, sender = known
    fields = {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
    text = fields.get("Body", "")
    content: dict[str, Any] = {
        "from": fields.get("From"),
        "to": fields.get("To"),
        "text": text,
        "encoding": encoding_of(text),
        "segments": segments_of(text),
    }
    if _credentials(authorization) != (sid, token):
        return _refused(401, 20003, "Authenticate", content)
    if account != sid:
        path = f"/2010-04-01/Accounts/{account}/Messages.json"
        return _refused(404, 20404, f"The requested resource {path} was not found", content)
    if fault := next(_faults(fields, sender), None):
        return _refused(400, *fault, content)
    answer = {
        "sid": f"SM{hashlib.sha256(body).hexdigest()[:32]}",
        "status": "queued",
        "body": text,
        "from": fields["From"],
        "to": fields["To"],
        "num_segments": str(content["segments"]),
        "error_code": None,
        "error_message": None,
    }
    return Verdict(status=201, answer=answer, content=content)


def on_demand(status: int) -> dict[str, Any]:
    """The body of an answer that fails on demand."""
    return _error(status, *FAULT_CODES.get(status, (20000 + status, f"Failure on demand: {status}")))


def _faults(fields: dict[str, str], sender: str) -> Iterator[tuple[int, str]]:
    """Twilio's code and sentence for each thing that is wrong; Twilio tells only the first."""
    to, source, text = fields.get("To", ""), fields.get("From", ""), fields.get("Body", "")
    if not to:
        yield 21604, "A 'To' phone number is required."
    if not source:
        yield 21603, "A 'From' phone number is required."
    if not text:
        yield 21602, "Message body is required."
    if len(text.encode("utf-16-le")) // 2 > MAX_BODY:
        yield 21617, f"The concatenated message body exceeds the {MAX_BODY} character limit"
    if not _E164.fullmatch(to):
        yield 21211, f"Invalid 'To' Phone Number: {to}"
    if to in BAD_RECIPIENTS:
        code, words = BAD_RECIPIENTS[to]
        yield code, words.format(to)
    if source != sender:
        code, words = BAD_SENDERS.get(source, NO_SENDER)
        yield code, words.format(source)


def _credentials(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def _refused(status: int, code: int, message: str, content: dict[str, Any]) -> Verdict:
    return Verdict(status=status, answer=_error(status, code, message), content=content, reason=f"{code}: {message}")


def _error(status: int, code: int, message: str) -> dict[str, Any]:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more_info, "status": status}
