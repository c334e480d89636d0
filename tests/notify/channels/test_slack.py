"""Slack's payload: what a reader sees, and the limits that Slack holds it to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_monitoring.local.receivers import slack_rules
from sms_monitoring.local.receivers.connections import SLACK_TOKEN
from sms_monitoring.notify.channels.slack import MAX_FIELD, MAX_HEADER, MAX_SECTION, format_message
from sms_monitoring.notify.message import Link, Message, Severity
from tests.notify.channels.contract import HttpChannelContract
from tests.notify.samples import RESOLVE, TRIGGER, WARNING

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers

CANARY = "CANARYtokenCANARYtoken00"


class TestSlack(HttpChannelContract):
    channel = "slack"
    conn_id = "sms_monitoring_slack"
    canary = CANARY
    retried = (408, 500, 502, 503, 504)
    whole_channel = (429,)
    final = (400, 404, 410, 413)
    misconfigured = ()
    # Slack says so in words: see the wrong connections.
    test_no_matter_of_the_message = None
    malformed = (
        ("slackwebhook://hooks.slack.com", "has no password"),
        ("slackwebhook://:CANARYtoken@ftp%3A%2F%2Fhooks.example", "no http or https address"),
        ("slackwebhook://:gopher%3A%2F%2Fhooks.example%2FCANARYtoken@", "no http or https address"),
        ("slackwebhook://:T0%2FB0%2FCANARY%20token@", "no http or https address"),
        ("slackwebhook://:T0%2FB0%2FCANARY@hooks.example%3Aport", "no http or https address"),
    )

    def connection(self, port: int) -> str:
        secret, host = quote(f"T0/B0/{CANARY}", safe=""), quote(f"127.0.0.1:{port}/services", safe="")
        return f"slackwebhook://http://:{secret}@{host}"

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        uri = receivers.slack_connection_uri
        return {"403": uri.replace(SLACK_TOKEN, CANARY), "404": uri.replace("B00000000", "B99999999")}

    def files(self, messages: list[Message]) -> dict[str, str]:
        return self.json_file(messages)

    def check(self, content: dict[str, Any]) -> None:
        """The receiver's rules are Slack's limits, and broken entities are its warnings."""
        assert slack_rules.judge(json.dumps(content).encode()).warnings == ()


LONG = "Smith & Sons <wireless> 📵 " * 1000


def header(message: Message) -> str:
    return format_message(message)["blocks"][0]["text"]["text"]


def body(message: Message) -> list[dict]:
    return format_message(message)["attachments"][0]["blocks"]


def fields(message: Message) -> list[dict]:
    return next(block["fields"] for block in body(message) if "fields" in block)


def texts(payload: dict) -> str:
    return json.dumps(payload, ensure_ascii=False)


def test_severity_is_seen_at_one_look() -> None:
    looks = {
        severity: (header(shown), format_message(shown)["attachments"][0]["color"])
        for severity in Severity
        for shown in [replace(TRIGGER, severity=severity)]
    }

    assert looks[Severity.CRITICAL][0] == "🔴 Critical: SMS delivery rate is low"
    assert looks[Severity.WARNING][0].startswith("🟠 Warning:")
    assert looks[Severity.INFO][0].startswith("🔵 Info:")
    assert len({colour for _, colour in looks.values()}) == 3


def test_an_end_is_seen_at_one_look() -> None:
    assert header(RESOLVE) == "✅ Resolved: SMS delivery rate is low"
    assert format_message(RESOLVE)["text"].startswith("✅ Resolved: ")
    assert format_message(RESOLVE)["attachments"][0]["color"] != format_message(TRIGGER)["attachments"][0]["color"]


def test_the_notification_on_a_phone_has_the_numbers() -> None:
    assert format_message(TRIGGER)["text"] == (
        "🔴 Critical: SMS delivery rate is low: 62.1 %, below the threshold of 90 % (sample 1240)."
    )


def test_the_context_names_alert_entity_and_the_readers_own_time() -> None:
    (element,) = body(WARNING)[-1]["elements"]

    assert element["text"] == (
        "Alert type `opt_out_rate_warning` · Entity `carrier-a` · "
        "<!date^1793527200^{date_short_pretty}, {time}|2026-11-01 10:00 UTC>"
    )


def test_markup_of_the_data_stays_text() -> None:
    odd = replace(
        TRIGGER,
        title="<!channel> *now* & <https://evil.example|here>",
        entity="a`b <c>",
        facts=(("Rule", "> 50 %"), ("Query", "SELECT *bold* `x`"), ("<!here>", "a\n&gt; b"), ("Empty", " ")),
    )

    assert slack_rules.judge(json.dumps(format_message(odd)).encode()).warnings == ()
    assert "<!channel>" not in texts(format_message(odd))
    assert "<!here>" not in texts(format_message(odd))
    shown = fields(odd)
    assert shown[0] == {"type": "mrkdwn", "text": "*Rule*\n\u200b&gt; 50 %", "verbatim": True}
    assert shown[1] == {"type": "plain_text", "text": "Query: SELECT *bold* `x`", "emoji": True}
    assert shown[2]["text"] == "*&lt;!here&gt;*\na &amp;gt; b"
    assert shown[3]["text"] == "*Empty*\n–"


def test_everything_huge_is_cut_to_the_limits_and_never_inside_an_entity() -> None:
    huge = replace(
        TRIGGER,
        title=LONG,
        summary=LONG,
        entity=LONG,
        facts=tuple((LONG, LONG) for _ in range(40)),
        links=tuple(Link(label=LONG, url=f"https://a.example/{'x' * 500}?{n}") for n in range(100)),
    )

    verdict = slack_rules.judge(json.dumps(format_message(huge)).encode())

    assert (verdict.reason, verdict.warnings) == (None, ())
    assert len(header(huge).encode("utf-16-le")) // 2 <= MAX_HEADER
    assert len(body(huge)[0]["text"]["text"].encode("utf-16-le")) // 2 <= MAX_SECTION
    assert all(len(field["text"].encode("utf-16-le")) // 2 <= MAX_FIELD for field in fields(huge))
    assert len(fields(huge)) == 10
    assert "30 more facts are not shown" in body(huge)[-1]["elements"][0]["text"]


def test_links_are_whole_or_left_out() -> None:
    links = (
        Link(label="a | b > c", url="https://a.example/?x=1&y=<2>|3"),
        Link(label="no", url="javascript:alert(1)"),
        Link(label="too long", url="https://a.example/" + "x" * MAX_SECTION),
        Link(label="", url="https://b.example/"),
    )

    shown = body(replace(TRIGGER, links=links))[2]["text"]["text"]

    assert shown == "<https://a.example/?x=1&amp;y=%3C2%3E%7C3|a / b &gt; c>  ·  <https://b.example/|Link>"


def test_a_message_with_nothing_but_a_title() -> None:
    bare = replace(TRIGGER, title="", summary=" ", facts=(), links=())

    assert slack_rules.judge(json.dumps(format_message(bare)).encode()).reason is None
    assert len(body(bare)) == 1


any_text = st.text(alphabet=st.sampled_from("ab &<>|*_`\n👍🏽\u200d\u0301"), max_size=400)


@settings(max_examples=60)
@given(any_text, any_text, any_text, st.lists(st.tuples(any_text, any_text), max_size=14), any_text)
def test_slack_takes_whatever_the_data_holds(title, summary, entity, facts, label) -> None:
    message = replace(
        TRIGGER,
        title=title,
        summary=summary,
        entity=entity,
        facts=tuple(facts),
        links=(Link(label=label, url="https://a.example/?b=c&d=e"),),
    )

    verdict = slack_rules.judge(json.dumps(format_message(message)).encode())

    assert (verdict.reason, verdict.warnings) == (None, ())
