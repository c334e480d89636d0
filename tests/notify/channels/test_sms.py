"""Text messages: what a phone shows, what it costs, and whom it reaches."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sms_monitoring.local.receivers.connections import TWILIO_ACCOUNT, TWILIO_TOKEN
from sms_monitoring.local.receivers.sms_segments import segments_of
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import (
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
)
from sms_monitoring.notify.channels.sms import format_group, format_message
from sms_monitoring.notify.message import Link, Severity
from tests.notify.channels.contract import HttpChannelContract
from tests.notify.channels.messages import GROUP
from tests.notify.samples import ACKNOWLEDGE, REPEAT, RESOLVE, TEST, TRIGGER, WARNING

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers
    from sms_monitoring.notify.message import Message
    from tests.notify.far_sides import HttpFarSide

VARIABLE = "AIRFLOW_CONN_SMS_MONITORING_SMS"
RECIPIENTS = "AIRFLOW_VAR_SMS_MONITORING_ALERT_SMS_TO"
CANARY = "CANARY0123456789abcdef0123456789"
ACCOUNT = "AC" + "0123456789abcdef" * 2
# Twilio's magic numbers: https://www.twilio.com/docs/iam/test-credentials
GOOD, GOOD_TOO = "+12025550143", "+442079460143"
INVALID, NOT_REACHABLE, UNSUBSCRIBED, LANDLINE = "+15005550001", "+15005550002", "+15005550004", "+15005550009"


def uri(config: Any, host: str = "") -> str:
    extra = quote(json.dumps({"config": config}), safe="")
    return f"apprise://{quote(host, safe='')}/?__extra__={extra}"


def path(*, account: str = ACCOUNT, token: str = CANARY, rest: str = "+15005550006") -> dict[str, str]:
    return {"path": f"twilio://{account}:{token}@{rest}", "tag": "alerts"}


class TestSms(HttpChannelContract):
    channel = "sms"
    conn_id = "sms_monitoring_sms"
    canary = CANARY
    confidential = ("2025550143", "202 555 0143", "(202) 555-0143", "5005550006")
    retried = (408, 500, 502, 503, 504)
    whole_channel = (429,)
    final = (400, 402, 413, 422)
    misconfigured = (401, 403, 404, 407)
    malformed = (
        ("apprise://", "has no config in its extra with one path that begins with twilio://"),
        (uri("CANARY"), "has no config in its extra"),
        (uri([]), "has no config in its extra"),
        (uri({"tag": "alerts"}), "has no config in its extra"),
        (uri([path(), path()]), "has no config in its extra with one path"),
        (uri({"path": f"slack://{CANARY}/b/c"}), "has no config in its extra with one path that begins with twilio://"),
        (uri({"path": f"twilio://{CANARY}"}), "without an account SID"),
        (uri(path(account="CANARY")), "without an account SID"),
        (uri(path(token="CANARY-not-a-token")), "without an account SID"),
        (uri(path(rest="CANARY")), "without an account SID"),
        (uri(path(rest="+1500555")), "without an account SID"),
        (uri(path(rest="+15005550006/+12025550143")), "names recipients in its path"),
        (uri(path(), "ftp://CANARY.example"), "has a host that is no http or https address"),
        (uri(path(), "http://api.twilio.com"), "has an http host"),
    )

    def connection(self, port: int) -> str:
        return uri(path(), f"http://127.0.0.1:{port}")

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        return {
            "401: 20003 Authenticate": uri(path(), receivers.url),
            "404": uri(path(account=TWILIO_ACCOUNT, token=TWILIO_TOKEN), f"{receivers.url}/nowhere"),
            "400: 21606": uri(path(account=TWILIO_ACCOUNT, token=TWILIO_TOKEN, rest="+12025550199"), receivers.url),
            "400: 21212": uri(path(account=TWILIO_ACCOUNT, token=TWILIO_TOKEN, rest=INVALID), receivers.url),
        }

    def files(self, messages: list[Message]) -> dict[str, str]:
        return {"txt": self.payload(messages) + "\n"}

    def check(self, content: dict[str, Any]) -> None:
        assert content["segments"] <= 3
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", content["text"])


# ── What a phone shows ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            replace(TRIGGER, links=TRIGGER.links[1:]),
            "CRITICAL: SMS delivery rate is low: 62.1 %, below the threshold of 90 % (sample 1240)."
            " https://airflow.example.com/sms",
        ),
        (replace(RESOLVE, links=()), "RESOLVED: SMS delivery rate is low: over after 2 h 00 min, recovered."),
        (replace(WARNING, links=()), f"WARNING: {WARNING.summary}"),
        (replace(TRIGGER, severity=Severity.INFO, links=()), f"INFO: {TRIGGER.summary}"),
        (TEST, "TEST: Test alert: SMS monitoring reaches this channel. Nothing is wrong."),
        (replace(ACKNOWLEDGE, links=()), f"ACKNOWLEDGED: {ACKNOWLEDGE.summary}"),
        (replace(REPEAT, links=()), f"STILL CRITICAL: {REPEAT.summary}"),
    ],
)
def test_state_and_numbers_in_one_sentence(message: Message, text: str) -> None:
    assert format_message(message) == text


def test_one_link_the_first_that_is_whole_and_short() -> None:
    links = (
        Link(label="no", url="javascript:alert(1)"),
        Link(label="long", url="https://a.example/" + "x" * 200),
        Link(label="odd", url="https://a.example/ä"),
        Link(label="run", url="https://b.example/run?a=1&b=2"),
        Link(label="too many", url="https://c.example/"),
    )

    assert format_message(replace(TRIGGER, links=links)).endswith("(sample 1240). https://b.example/run?a=1&b=2")


def test_typographic_signs_do_not_halve_the_room() -> None:
    text = format_message(replace(TRIGGER, title="", summary="“Rate” – 5 × the usual… ≥ 3 · cafe\u0301", links=()))

    assert text.endswith('"Rate" - 5 x the usual... >= 3 - café')
    assert segments_of(text) == 1


def test_a_group_says_how_many_then_the_gravest() -> None:
    text = format_group(GROUP)

    assert text.startswith(
        "14 alerts: 1 critical, 12 warning, 1 resolved. CRITICAL: SMS delivery rate is low;"
        " WARNING: Opt-outs are many (carrier-a); "
    )
    assert text.endswith("and 4 more")
    assert segments_of(text) <= 3


def test_a_group_shows_ten_at_most_and_fewer_where_they_are_long() -> None:
    short = [replace(WARNING, title="x", entity="all") for _ in range(47)]
    long = [replace(WARNING, title="x" * 90, entity=f"carrier-{number}") for number in range(47)]

    assert format_group(short).count("WARNING: x") == 10
    assert format_group(short).endswith("; and 37 more")
    assert format_group(long).endswith("; and 43 more")


def test_a_group_of_two_has_no_more() -> None:
    assert format_group([replace(RESOLVE), WARNING]) == (
        "2 alerts: 1 warning, 1 resolved. WARNING: Opt-outs are many (carrier-a); RESOLVED: SMS delivery rate is low"
    )


# ── Whom it reaches ──────────────────────────────────────────────────────────────────────────


def send_to(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> Any:
    monkeypatch.setenv(RECIPIENTS, ", ".join(numbers))
    return load_channel("sms").send([TRIGGER])


def test_each_recipient_gets_it_once(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send_to(monkeypatch, GOOD, GOOD_TOO, GOOD) == Delivered()
    assert [record["content"]["to"] for record in receivers.received("sms")] == [GOOD, GOOD_TOO]


def test_one_recipient_of_two_refused_is_noted(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = send_to(monkeypatch, UNSUBSCRIBED, GOOD)

    assert outcome == Delivered(
        "not to each recipient: …04: Twilio answered 400: 21610 Attempt to send to unsubscribed recipient …04"
    )
    assert len(receivers.received("sms", accepted=True)) == 1


@pytest.mark.parametrize("number", [INVALID, NOT_REACHABLE, UNSUBSCRIBED, LANDLINE])
def test_numbers_that_get_no_message_at_all_are_no_matter_of_the_message(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    outcome = send_to(monkeypatch, number, "+15005550003")

    assert isinstance(outcome, Misconfigured)
    assert "airflow variables set sms_monitoring_alert_sms_to" in outcome.reason
    assert number.removeprefix("+") not in outcome.reason
    assert len(receivers.received("sms")) == 2


def test_all_refused_for_the_message_is_final(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    receivers.fail("sms", status=400)
    assert isinstance(send_to(monkeypatch, GOOD, GOOD_TOO), Permanent)
    assert len(receivers.received("sms")) == 2


def test_hope_for_one_of_them_is_worth_another_try(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    receivers.fail("sms", status=500, times=1)

    outcome = send_to(monkeypatch, GOOD, INVALID)

    assert isinstance(outcome, RetryLater)
    assert "…43: Twilio answered 500" in outcome.reason
    assert "…01: Twilio answered 400: 21211" in outcome.reason


def test_who_has_it_is_not_sent_it_again_for_another_who_has_not(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    receivers.fail("sms", status=429, times=1)
    assert isinstance(send_to(monkeypatch, GOOD, GOOD_TOO), RetryLater), "nobody has it, and all would fare the same"
    assert len(receivers.received("sms")) == 1

    receivers.clear()
    receivers.fail("sms", per_second=0.01)
    outcome = send_to(monkeypatch, GOOD, GOOD_TOO)
    assert isinstance(outcome, Delivered)
    assert "…43: Twilio answered 429" in str(outcome.note)


@pytest.mark.parametrize(
    ("recipients", "fault"),
    [
        (None, "missing or empty"),
        (" , ", "missing or empty"),
        ("+13035550177, nobody", "number 2 of 2, ending in 'dy'"),
        ("13035550177", "number 1 of 1, ending in '77'"),
        ("+1 303 555 0177", "ending in '77'"),
        ("+03035550177", "ending in '77'"),
        ("+1303555017700000", "ending in '00'"),
        (",".join(f"+1303555017{number}" for number in range(11)), "holds 11 numbers, at most 10"),
    ],
)
def test_recipients_that_make_no_sense_are_explained(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, recipients: str | None, fault: str
) -> None:
    monkeypatch.delenv(RECIPIENTS)
    if recipients is not None:
        monkeypatch.setenv(RECIPIENTS, recipients)

    with pytest.raises(ConfigurationError) as caught:
        load_channel("sms")

    assert fault in str(caught.value)
    assert "airflow variables set sms_monitoring_alert_sms_to" in str(caught.value)
    assert "555017" not in str(caught.value).replace(" ", "")


# ── What Twilio says ─────────────────────────────────────────────────────────────────────────


def answer_with(far_side: HttpFarSide, status: int, **told: Any) -> None:
    far_side.status, far_side.body = status, json.dumps({"status": status, **told})


@pytest.fixture
def twilio(receivers: Receivers, http_far_side: HttpFarSide, monkeypatch: pytest.MonkeyPatch) -> HttpFarSide:
    monkeypatch.setenv(VARIABLE, uri(path(), f"http://127.0.0.1:{http_far_side.port}"))
    return http_far_side


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (401, 20003, Misconfigured),
        (400, 20003, Misconfigured),
        (403, 20005, Misconfigured),
        (404, 20404, Misconfigured),
        (400, 21606, Misconfigured),
        (400, 21660, Misconfigured),
        (400, 20429, RetryLater),
        (400, 21611, RetryLater),
        (429, 63038, RetryLater),
        (400, 21617, Permanent),
        (400, "21617", Permanent),
        (400, None, Permanent),
        (500, 20500, RetryLater),
    ],
)
def test_twilios_code_says_more_than_the_status(twilio: HttpFarSide, status: int, code: Any, outcome: type) -> None:
    answer_with(twilio, status, code=code, message="words")
    assert isinstance(load_channel("sms").send([TRIGGER]), outcome)


@pytest.mark.parametrize("body", ["", "<html>Welcome to the hotel's wifi</html>", "[]", '{"ok": true}'])
def test_a_success_that_is_not_twilios_is_none(twilio: HttpFarSide, body: str) -> None:
    twilio.body = body

    outcome = load_channel("sms").send([TRIGGER])

    assert isinstance(outcome, RetryLater)
    assert "200" in outcome.reason


@pytest.mark.parametrize("status", [301, 302, 307])
def test_no_redirect_is_followed(twilio: HttpFarSide, receivers: Receivers, status: int) -> None:
    twilio.status, twilio.location = status, receivers.url

    assert isinstance(load_channel("sms").send([TRIGGER]), Misconfigured)
    assert twilio.requests == 1


def test_the_request_is_twilios(twilio: HttpFarSide) -> None:
    answer_with(twilio, 201, sid="SM1")

    assert load_channel("sms").send([TRIGGER]) == Delivered()

    headers, body = twilio.last
    assert twilio.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert re.search(rb"Body=CRITICAL%3A.*&From=%2B15005550006&To=%2B12025550143$", body)


def test_apprises_options_of_the_path_are_honoured_but_for_repeats_and_calls(
    twilio: HttpFarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(twilio, 500)
    options = "w%3A%2B15005550006/?apikey=SK0123abcd&retry=5&wait=0&method=call&overflow=split"
    monkeypatch.setenv(VARIABLE, uri([path(rest=options)], f"http://127.0.0.1:{twilio.port}"))

    load_channel("sms").send([replace(TRIGGER, summary="x" * 1000)])

    headers, body = twilio.last
    assert twilio.requests == 1
    assert b"From=whatsapp%3A%2B15005550006&To=whatsapp%3A%2B12025550143" in body
    assert twilio.path.endswith("/Messages.json")
    assert headers["Authorization"].startswith("Basic U0swMTIzYWJjZD")


def test_an_answer_that_never_ends_is_cut_off(twilio: HttpFarSide) -> None:
    twilio.status, twilio.body = 400, "x" * 5_000_000
    assert isinstance(load_channel("sms").send([TRIGGER]), Permanent)


def test_no_number_is_logged(receivers: Receivers, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    caplog.set_level(1)
    send_to(monkeypatch, GOOD, UNSUBSCRIBED)

    assert "5550143" not in caplog.text
    assert "5550004" not in caplog.text
    assert not [
        record for record in caplog.records if record.name.startswith("apprise") and record.levelno > logging.DEBUG
    ]
