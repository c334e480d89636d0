"""What a receiver of signed webhooks answers, by https://www.standardwebhooks.com. Pure but for the clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook, WebhookVerificationError

from sms_monitoring.local.receivers.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the usual web server before an application takes.
MAX_BYTES = 1024 * 1024
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def judge(body: bytes, *, headers: Mapping[str, str], secret: str) -> Verdict:
    """The verdict on one POST, where ``secret`` (``whsec_…``) is shared with the sender.

    :param headers: with names in lower case.
    """
    signed = {name: headers[name] for name in HEADERS if name in headers}
    content: dict[str, Any] = {
        "id": signed.get("webhook-id"),
        "timestamp": signed.get("webhook-timestamp"),
        "body": body.decode(errors="replace"),
    }
    if len(body) > MAX_BYTES:
        return _refused(413, f"the body has {len(body)} bytes, at most {MAX_BYTES}", {**content, "body": None})
    try:
        Webhook(secret).verify(body, signed, json_parse=False)
    except (WebhookVerificationError, ValueError) as error:  # ValueError: a signature that is no Base64
        return _refused(401, f"the signature does not hold: {error}", content)
    try:
        payload = json.loads(body)
    except ValueError:
        return _refused(400, "the body is not JSON", content)
    if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
        return _refused(400, "the body is no object with a type", {**content, "body": payload})
    return Verdict(status=200, answer="ok", content={**content, "body": payload})


def _refused(status: int, reason: str, content: dict[str, Any]) -> Verdict:
    return Verdict(status=status, answer=reason, content=content, reason=reason)
