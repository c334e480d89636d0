"""What a receiver of signed webhooks takes: what was signed with its secret, just now."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from sms_monitoring.local.receivers.connections import WEBHOOK_SECRET
from sms_monitoring.local.receivers.webhook_rules import MAX_BYTES, judge

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOAD = {"type": "sms_monitoring.alerts", "version": 1, "alerts": []}
OTHER_SECRET = "whsec_" + "QUJD" * 8


def signed(body: str, *, secret: str = WEBHOOK_SECRET, minutes_ago: float = 0) -> dict[str, str]:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }


def judged(body: str = json.dumps(PAYLOAD), headers: dict[str, str] | None = None) -> Any:
    return judge(body.encode(), headers=signed(body) if headers is None else headers, secret=WEBHOOK_SECRET)


def test_takes_what_is_signed() -> None:
    verdict = judged()

    assert (verdict.status, verdict.answer, verdict.reason) == (200, "ok", None)
    assert (verdict.content["id"], verdict.content["body"]) == ("msg_1", PAYLOAD)


def test_one_of_several_signatures_is_enough() -> None:
    body = json.dumps(PAYLOAD)
    headers = signed(body)
    headers["webhook-signature"] = (
        f"{signed(body, secret=OTHER_SECRET)['webhook-signature']} " + (headers["webhook-signature"])
    )
    assert judged(body, headers).accepted


BODY = json.dumps(PAYLOAD)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda headers: {}, "Missing required headers"),
        (lambda headers: {**headers, "webhook-signature": ""}, "Missing required headers"),
        (lambda headers: signed(BODY, secret=OTHER_SECRET), "No matching signature"),
        (lambda headers: signed(BODY + " "), "No matching signature"),
        (lambda headers: {**headers, "webhook-id": "msg_2"}, "No matching signature"),
        (lambda headers: {**headers, "webhook-signature": "v1,%%%"}, "the signature does not hold"),
        (lambda headers: {**headers, "webhook-signature": "nonsense"}, "the signature does not hold"),
        (lambda headers: {**headers, "webhook-timestamp": "yesterday"}, "Invalid Signature Headers"),
        (lambda headers: signed(BODY, minutes_ago=6), "timestamp too old"),
        (lambda headers: signed(BODY, minutes_ago=-6), "timestamp too new"),
    ],
)
def test_refuses_what_is_not(change: Callable[[dict[str, str]], dict[str, str]], says: str) -> None:
    verdict = judged(BODY, change(signed(BODY)))

    assert verdict.status == 401
    assert says in verdict.reason


@pytest.mark.parametrize("body", ["", "{", "[]", '{"type": 1}', '{"version": 1}'])
def test_refuses_a_body_that_is_no_event(body: str) -> None:
    verdict = judged(body)
    assert verdict.status == 400


def test_refuses_a_body_that_is_too_large() -> None:
    assert judged(json.dumps({"type": "x" * (MAX_BYTES - 12)})).accepted
    assert judged(json.dumps({"type": "x" * MAX_BYTES})).status == 413
