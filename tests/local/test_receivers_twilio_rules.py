"""What Twilio takes and what it refuses, and into how many segments a network cuts it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from sms_monitoring.local.receivers.connections import TWILIO_ACCOUNT, TWILIO_NUMBER, TWILIO_TOKEN
from sms_monitoring.local.receivers.sms_segments import encoding_of, segments_of
from sms_monitoring.local.receivers.twilio_rules import judge

KNOWN = (TWILIO_ACCOUNT, TWILIO_TOKEN, TWILIO_NUMBER)
FIELDS = {"To": "+12025550143", "From": TWILIO_NUMBER, "Body": "hello"}


def basic(user: str = TWILIO_ACCOUNT, password: str = TWILIO_TOKEN) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def judged(*, account: str = TWILIO_ACCOUNT, authorization: str | None = basic(), **fields: str) -> Any:
    body = urlencode({**FIELDS, **fields}).encode()
    return judge(body, account=account, authorization=authorization, known=KNOWN)


def test_takes_a_message_and_answers_with_it() -> None:
    verdict = judged()

    assert verdict.status == 201
    assert verdict.answer["sid"].startswith("SM")
    assert {key: verdict.answer[key] for key in ("status", "body", "to", "from", "num_segments", "error_code")} == {
        "status": "queued",
        "body": "hello",
        "to": "+12025550143",
        "from": TWILIO_NUMBER,
        "num_segments": "1",
        "error_code": None,
    }
    assert verdict.content == {
        "from": TWILIO_NUMBER,
        "to": "+12025550143",
        "text": "hello",
        "encoding": "GSM-7",
        "segments": 1,
    }


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic", "Basic !!", "Basic //79", "Bearer x", basic(password="f" * 32), basic(user="AC" + "f" * 32)],
)
def test_refuses_who_is_not_known(authorization: str | None) -> None:
    verdict = judged(authorization=authorization)

    assert verdict.status == 401
    assert verdict.answer == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
    assert TWILIO_TOKEN not in repr(verdict)


def test_refuses_another_account() -> None:
    verdict = judged(account="AC" + "0" * 32)
    assert (verdict.status, verdict.answer["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "👍" * 801}, 21617),
        ({"To": "12025550143"}, 21211),
        ({"To": "+1 202 555 0143"}, 21211),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550008"}, 21611),
        ({"From": "+12025550199"}, 21606),
    ],
)
def test_refuses_what_is_wrong_with_its_code(fields: dict[str, str], code: int) -> None:
    verdict = judged(**fields)

    assert verdict.status == verdict.answer["status"] == 400
    assert verdict.answer["code"] == code
    assert verdict.reason.startswith(f"{code}: ")


def test_takes_what_is_just_within_the_limit() -> None:
    assert judged(Body="x" * 1600).accepted
    assert judged(Body="👍" * 800).accepted


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("x" * 160, "GSM-7", 1),
        ("x" * 161, "GSM-7", 2),
        ("x" * 306, "GSM-7", 2),
        ("x" * 307, "GSM-7", 3),
        ("x" * 459, "GSM-7", 3),
        ("x" * 460, "GSM-7", 4),
        ("€" * 80, "GSM-7", 1),  # two places each
        ("€" * 81, "GSM-7", 2),
        ("x" * 152 + "€" + "x" * 151, "GSM-7", 2),  # not torn: a place of the first stays empty
        ("x" * 152 + "€" + "x" * 152, "GSM-7", 3),
        ("é", "GSM-7", 1),
        ("ê", "UCS-2", 1),
        ("я" * 70, "UCS-2", 1),
        ("я" * 71, "UCS-2", 2),
        ("я" * 201, "UCS-2", 3),
        ("👍" * 35, "UCS-2", 1),
        ("👍" * 36, "UCS-2", 2),
        ("👍" * 67, "UCS-2", 3),  # 33 in each segment of 67: none is torn
    ],
)
def test_segments(text: str, encoding: str, segments: int) -> None:
    assert (encoding_of(text), segments_of(text)) == (encoding, segments)
