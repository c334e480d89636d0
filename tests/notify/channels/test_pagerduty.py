"""PagerDuty's event, and where the hook sends it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sms_monitoring.hooks.pagerduty import OneAttemptClient, RegionalPagerdutyEventsHook
from sms_monitoring.local.receivers import pagerduty_rules
from sms_monitoring.local.receivers.connections import ROUTING_KEY
from sms_monitoring.notify.channels.pagerduty import CONN_ID, MAX_DETAILS_BYTES, format_message
from sms_monitoring.notify.message import Link, Message, Severity
from tests.notify.channels.contract import HttpChannelContract
from tests.notify.samples import RESOLVE, TEST, TRIGGER, WARNING

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers

CANARY = "CANARY0123456789abcdef0123456789"


class TestPagerduty(HttpChannelContract):
    channel = "pagerduty"
    conn_id = "sms_monitoring_pagerduty"
    canary = CANARY
    # The contract ends incidents that it never opened.
    harmless = "without an open incident"
    retried = (408, 500, 502, 503, 504)
    whole_channel = (429,)
    final = (400, 402, 413)
    misconfigured = (401, 403, 404)
    malformed = (
        ("pagerduty-events://", "no integration key of 32 letters and digits"),
        ("pagerduty-events://:CANARYshort@", "no integration key of 32 letters and digits"),
        (f"pagerduty-events://:{CANARY}@ftp%3A%2F%2Fx", "host that is no http or https"),
    )

    def connection(self, port: int) -> str:
        return f"pagerduty-events://http://:{CANARY}@{quote(f'127.0.0.1:{port}', safe='')}"

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        return {"400": receivers.pagerduty_connection_uri.replace(ROUTING_KEY, CANARY)}

    def let_answer(self, far_side: Any, answer: Any, words: str) -> None:
        super().let_answer(far_side, answer, f"no routing_key {words}")

    def files(self, messages: list[Message]) -> dict[str, str]:
        return self.json_file(messages)

    def check(self, content: dict[str, Any]) -> None:
        payload = content["payload"]
        assert len(payload["summary"].encode("utf-16-le")) // 2 <= pagerduty_rules.MAX_SUMMARY
        assert len(json.dumps(payload["custom_details"])) <= MAX_DETAILS_BYTES


KEY = "0123456789abcdef0123456789abcdef"
LONG = "Smith & Sons <wireless> 📵 " * 1000


def reason(message: Message) -> str | None:
    event = {**format_message(message), "routing_key": KEY}
    return pagerduty_rules.judge(json.dumps(event).encode(), routing_key=KEY).reason


def test_all_events_of_an_incident_share_its_key() -> None:
    assert format_message(TRIGGER)["dedup_key"] == format_message(RESOLVE)["dedup_key"] == TRIGGER.dedup_key


@pytest.mark.parametrize(("message", "action"), [(TRIGGER, "trigger"), (RESOLVE, "resolve"), (TEST, "trigger")])
def test_action(message: Message, action: str) -> None:
    assert format_message(message)["event_action"] == action


@pytest.mark.parametrize("severity", Severity)
def test_severity_is_one_of_pagerdutys(severity: Severity) -> None:
    shown = format_message(replace(TRIGGER, severity=severity))["payload"]["severity"]

    assert shown == severity.value
    assert shown in pagerduty_rules.SEVERITIES


def test_what_the_person_on_call_reads() -> None:
    payload = format_message(WARNING)["payload"]

    assert payload["summary"] == WARNING.summary
    assert payload["timestamp"] == "2026-11-01T10:00:00+00:00"
    assert (payload["component"], payload["class"]) == ("carrier-a", "opt_out_rate_warning")
    assert payload["custom_details"] == dict(WARNING.facts)


def test_the_summary_says_what_is_no_trigger() -> None:
    assert format_message(TRIGGER)["payload"]["summary"] == TRIGGER.summary
    assert format_message(RESOLVE)["payload"]["summary"] == f"Resolved: {RESOLVE.summary}"
    assert format_message(TEST)["payload"]["summary"].startswith("Test: ")


def test_links_lead_to_the_web_only() -> None:
    links = (Link(label="Run", url="https://a.example/"), Link(label="no", url="javascript:x"))
    event = format_message(replace(TRIGGER, links=links))

    assert event["links"] == [{"href": "https://a.example/", "text": "Run"}]
    assert event["client_url"] == "https://a.example/"


def test_facts_of_one_name_are_all_kept() -> None:
    event = format_message(replace(TRIGGER, facts=(("Carrier", "a"), ("Carrier", "b"))))

    assert event["payload"]["custom_details"] == {"Carrier": "a", "Carrier*": "b"}


def test_everything_huge_is_cut_to_the_limits() -> None:
    huge = replace(
        TRIGGER,
        title=LONG,
        summary=LONG,
        entity=LONG,
        facts=tuple((f"{number} {LONG}", LONG * 10) for number in range(500)),
        links=tuple(Link(label=LONG, url="https://a.example/" + "x" * 2900) for _ in range(100)),
    )
    event = format_message(huge)

    assert reason(huge) is None
    assert len(event["payload"]["summary"]) <= pagerduty_rules.MAX_SUMMARY
    assert event["payload"]["summary"].endswith("…")
    assert event["payload"]["custom_details"]["…"].endswith("more facts are not shown")


def test_the_hook_is_the_providers_at_another_address(receivers) -> None:
    hook = RegionalPagerdutyEventsHook(pagerduty_events_conn_id=CONN_ID)

    assert hook.send_event(summary="s", severity="info", action="trigger", dedup_key="k") == "k"
    assert [record["content"]["dedup_key"] for record in receivers.received("pagerduty")] == ["k"]


def test_the_client_asks_once_whatever_is_answered(receivers) -> None:
    import pagerduty

    client = RegionalPagerdutyEventsHook(pagerduty_events_conn_id=CONN_ID).client
    for status in (400, 429, 500, 503):
        receivers.clear()
        receivers.fail("pagerduty", status=status)
        with pytest.raises(pagerduty.HttpError, match=str(status)):
            client.send_event("trigger", dedup_key="k", payload={"summary": "s", "source": "s", "severity": "info"})
        assert len(receivers.received("pagerduty")) == 1


def test_the_client_asks_once_where_nobody_answers(free_port: int) -> None:
    import pagerduty

    client = OneAttemptClient(KEY, f"http://127.0.0.1:{free_port}", timeout=10)

    with pytest.raises(pagerduty.Error, match="network"):
        client.send_event("trigger", dedup_key="k")
