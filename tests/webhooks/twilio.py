"""Twilio, as far as a webhook meets it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

TOKEN = "0123456789abcdef0123456789abcdef"
SID = "SM0123456789abcdef0123456789abcdef"
URL = "http://testserver/webhooks/twilio/status"
FORM = "application/x-www-form-urlencoded"


def callback(status: str = "delivered", sid: str = SID, **more: str) -> list[tuple[str, str]]:
    """The parameters of a status callback, as Twilio sends them."""
    parameters = {
        "SmsSid": sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": "+15550100",
        "MessageSid": sid,
        "AccountSid": "AC0123456789abcdef0123456789abcdef",
        "From": "+15550199",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return list(parameters.items())


def signature(parameters: list[tuple[str, str]], url: str = URL, token: str = TOKEN) -> str:
    """What Twilio puts into X-Twilio-Signature."""
    return RequestValidator(token).compute_signature(url, ImmutableMultiDict(parameters))


def send(client, parameters, *, url=URL, to="/webhooks/twilio/status", token=TOKEN, headers=None):
    """Call the webhook as Twilio does that was given ``url``; the request itself arrives at ``to``."""
    signed = {"Content-Type": FORM, "X-Twilio-Signature": signature(parameters, url, token)}
    return client.post(to, content=urlencode(parameters), headers=signed | (headers or {}))
