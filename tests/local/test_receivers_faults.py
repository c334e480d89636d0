"""Every fault that can be asked for, as the far side of it sees it."""

from __future__ import annotations

import re
import smtplib
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sms_monitoring.local.receivers import Receivers, ReceiversClient
from sms_monitoring.local.receivers.faults import Fault, FaultBook
from sms_monitoring.local.receivers.verdict import Channel
from tests.local.posts import HTTP_CHANNELS, post

if TYPE_CHECKING:
    from collections.abc import Callable

LATE = 0.05  # seconds: enough to be measured, too little to be noticed
FOREVER = 3600
PATIENCE = 0.5  # seconds that a client of these tests waits for an answer


def send_mail(receivers: Receivers, *to: str, timeout: float = 5) -> None:
    with smtplib.SMTP("127.0.0.1", receivers.smtp_port, timeout=timeout) as client:
        client.sendmail("from@example.com", to or ("to@example.com",), "Subject: x\r\n\r\nhello")


def outcomes(receivers: ReceiversClient) -> list[tuple[bool, int | None]]:
    return [(record["accepted"], record["status"]) for record in receivers.received()]


http_channels = pytest.mark.parametrize("channel", HTTP_CHANNELS)


@http_channels
def test_status_so_many_times_then_well_again(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, status=500, times=2)
    assert [post(receivers, channel).is_success for _ in range(4)] == [False, False, True, True]
    assert [accepted for accepted, _ in outcomes(receivers)] == [False, False, True, True]
    assert receivers.received(accepted=False)[0]["reason"] == "fault on demand: answered 500"


@http_channels
def test_status_until_cleared(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, status=503)
    assert {post(receivers, channel).status_code for _ in range(3)} == {503}
    receivers.recover(channel)
    assert post(receivers, channel).is_success


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        ("slack", "rate_limited"),
        ("pagerduty", "throttle exceeded"),
        ("sms", '"code":20429,"message":"Too Many Requests"'),
        ("webhook", "Failure on demand: 429"),
        ("heartbeat", "Failure on demand: 429"),
        ("sentry", "Failure on demand: 429"),
    ],
)
def test_429_says_when_to_come_back(receivers: Receivers, channel: str, body: str) -> None:
    receivers.fail(channel, status=429, retry_after=7, times=1)
    answer = post(receivers, channel)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert body in answer.text


@http_channels
def test_stall_answers_nothing_and_takes_nothing(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, stall=FOREVER)
    with pytest.raises(httpx.ReadTimeout):
        post(receivers, channel, timeout=PATIENCE)
    assert outcomes(receivers) == [(False, None)]


def test_stall_ends_with_a_closed_connection(receivers: Receivers) -> None:
    receivers.fail("slack", stall=LATE)
    with pytest.raises(httpx.RemoteProtocolError):
        post(receivers, "slack")


@http_channels
def test_hang_takes_the_message_and_answers_too_late(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, hang=FOREVER)
    with pytest.raises(httpx.ReadTimeout):
        post(receivers, channel, timeout=PATIENCE)
    (record,) = receivers.received(channel, accepted=True)
    assert record["warnings"] == ["answered 3600 s late"]


def test_hang_answers_in_the_end(receivers: Receivers) -> None:
    receivers.fail("slack", hang=LATE)
    began = time.monotonic()
    assert post(receivers, "slack").text == "ok"
    assert time.monotonic() - began >= LATE


@http_channels
def test_drop_takes_the_message_and_loses_the_answer(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, drop=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        post(receivers, channel)
    assert outcomes(receivers) == [(True, None)]


@http_channels
def test_refuse_takes_nothing(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, refuse=True, times=1)
    with pytest.raises(httpx.TransportError):
        post(receivers, channel)
    assert outcomes(receivers) == [(False, None)]


@http_channels
def test_rate_limit_holds_back_what_comes_too_fast(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, per_second=0.1)
    answers = [post(receivers, channel) for _ in range(2)]
    assert [answer.is_success for answer in answers] == [True, False]
    assert (answers[1].status_code, answers[1].headers["Retry-After"]) == (429, "10")


def test_one_channel_fails_and_the_others_do_not(receivers: Receivers) -> None:
    receivers.fail("slack", status=500)
    assert post(receivers, "slack").status_code == 500
    assert post(receivers, "pagerduty").status_code == 202
    send_mail(receivers)
    assert len(receivers.received(accepted=True)) == 2


def test_a_fault_does_not_make_a_wrong_message_right(receivers: Receivers) -> None:
    receivers.fail("slack", drop=True)
    assert post(receivers, "slack", text="").text == "no_text"


def test_leaving_frees_what_is_held_up() -> None:
    began = time.monotonic()
    with Receivers() as receivers:
        receivers.fail("slack", stall=FOREVER)
        with pytest.raises(httpx.ReadTimeout):
            post(receivers, "slack", timeout=PATIENCE)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [451, 550])
def test_mail_is_refused_at_the_message(receivers: Receivers, status: int) -> None:
    receivers.fail("email", status=status, times=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send_mail(receivers)
    assert refused.value.smtp_code == status
    send_mail(receivers)
    assert outcomes(receivers) == [(False, status), (True, 250)]


@pytest.mark.parametrize("status", [451, 550])
def test_mail_is_refused_at_the_recipient(receivers: Receivers, status: int) -> None:
    receivers.fail("email", status=status, at="rcpt", times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send_mail(receivers)
    assert refused.value.recipients["to@example.com"][0] == status
    assert receivers.received("email")[0]["content"]["envelope_to"] == ["to@example.com"]


def test_one_recipient_of_two_is_refused(receivers: Receivers) -> None:
    receivers.fail("email", status=550, at="rcpt", times=1)
    send_mail(receivers, "gone@example.com", "here@example.com")
    (delivered,) = receivers.received("email", accepted=True)
    assert delivered["content"]["envelope_to"] == ["here@example.com"]


@pytest.mark.parametrize(
    ("fault", "patience", "accepted"),
    [
        ({"stall": FOREVER}, PATIENCE, False),
        ({"stall": LATE}, 5, False),
        ({"hang": FOREVER}, PATIENCE, True),
        ({"drop": True}, 5, True),
        ({"refuse": True}, 5, False),
    ],
)
def test_mail_server_goes_silent(receivers: Receivers, fault: dict[str, Any], patience: float, accepted: bool) -> None:
    receivers.fail("email", **fault)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send_mail(receivers, timeout=patience)
    assert [record["accepted"] for record in receivers.received("email")] == [accepted]


def test_mail_rate_limit_is_temporary(receivers: Receivers) -> None:
    receivers.fail("email", per_second=0.1)
    send_mail(receivers)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send_mail(receivers)
    assert refused.value.smtp_code == 450


@pytest.mark.parametrize(
    ("channel", "fault", "complaint"),
    [
        ("slack", {}, "give exactly one of status, stall, hang, drop, refuse, per_second; got none"),
        ("slack", {"status": 500, "drop": True}, "got status, drop"),
        ("slack", {"status": 200}, "status must be a failure, 400 to 599, not 200"),
        ("slack", {"status": "500"}, "wrong type"),
        ("slack", {"stall": 0}, "stall is a number of seconds above 0"),
        ("slack", {"hang": -1}, "hang is a number of seconds above 0"),
        ("slack", {"per_second": 0}, "per_second must be above 0"),
        ("slack", {"drop": True, "retry_after": 5}, "retry_after"),
        ("slack", {"status": 500, "times": 0}, "times must be 1 or more"),
        ("slack", {"status": 500, "at": "rcpt"}, "at='rcpt' goes with a status of the channel email"),
        ("email", {"status": 550, "at": "helo"}, "at must be 'rcpt' or 'data'"),
        ("slack", {"stauts": 500}, "unknown field stauts"),
        ("fax", {"status": 500}, "slack"),
    ],
)
def test_a_fault_that_means_nothing_is_refused(
    receivers: Receivers, channel: str, fault: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        receivers.fail(channel, **fault)


@pytest.mark.parametrize(
    ("arrivals", "passed"),
    [
        ([0.0, 0.5, 0.9, 1.0, 1.5, 2.0], [True, False, False, True, False, True]),
        ([0.0, 5.0, 10.0], [True, True, True]),
        ([3.0, 3.0, 3.0], [True, False, False]),
    ],
)
def test_one_a_second_counts_from_the_last_that_passed(arrivals: list[float], passed: list[bool]) -> None:
    book = FaultBook()
    book.set(Channel.SLACK, Fault(per_second=1))
    assert [book.take(Channel.SLACK, now) is None for now in arrivals] == passed


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(status=429, retry_after=30), "answers 429, Retry-After 30 s"),
        (Fault(status=500, times=3), "answers 500, 3 more times"),
        (Fault(stall=5, times=1), "stalls for 5 s, 1 more time"),
        (Fault(hang=2.5), "accepts, answers 2.5 s late"),
        (Fault(drop=True), "accepts, then drops the connection"),
        (Fault(refuse=True), "refuses connections"),
        (Fault(per_second=1), "takes 1 a second"),
    ],
)
def test_a_fault_says_what_it_does(fault: Fault, text: str) -> None:
    assert fault.describe() == text


@pytest.mark.parametrize("make", [lambda r: r, lambda r: ReceiversClient(r.url + "/")])
def test_faults_are_the_same_from_within_and_over_the_wire(
    receivers: Receivers, make: Callable[[Receivers], ReceiversClient]
) -> None:
    remote = make(receivers)
    remote.fail("slack", status=500)
    assert post(receivers, "slack").status_code == 500
    remote.recover()
    assert post(receivers, "slack").status_code == 200
    remote.clear("slack")
    assert remote.received("slack") == []
