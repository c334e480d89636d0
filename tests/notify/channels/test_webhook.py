"""The signed webhook: what a receiver may rely on."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from standardwebhooks import Webhook

from sms_monitoring.local.receivers.connections import WEBHOOK_SECRET
from sms_monitoring.local.receivers.webhook_rules import MAX_BYTES
from sms_monitoring.notify.channels import load_channel, webhook
from sms_monitoring.notify.channels.base import Delivered, Misconfigured, explain
from sms_monitoring.notify.message import Event, Link
from sms_monitoring.notify.redaction import address_parts
from tests.notify.channels.contract import HttpChannelContract
from tests.notify.channels.messages import GROUP
from tests.notify.samples import REPEAT, RESOLVE, TRIGGER, WARNING

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers
    from sms_monitoring.notify.message import Message
    from tests.notify.far_sides import HttpFarSide

VARIABLE = "AIRFLOW_CONN_SMS_MONITORING_WEBHOOK"
CANARY = "CANARYCANARYCANARYCANARYCANARY00"


def uri(url: str, secret: str = f"whsec_{CANARY}") -> str:
    return f"http://:{quote(secret, safe='')}@{quote(url, safe='')}"


class TestWebhook(HttpChannelContract):
    channel = "webhook"
    conn_id = "sms_monitoring_webhook"
    canary = CANARY
    retried = (408, 425, 500, 502, 503, 504)
    whole_channel = (429,)
    final = (400, 409, 413, 415, 422)
    misconfigured = (401, 403, 404, 405, 407, 410)
    malformed = (
        (f"http://:whsec_{CANARY}@", "has no http or https address as its host"),
        (uri("ftp://hooks.example/CANARY"), "has no http or https address as its host"),
        (uri("https://hooks.example/a b"), "has no http or https address as its host"),
        (uri("https://ann:CANARYpassword@hooks.example/"), "has a login in its host"),
        (uri("http://hooks.example/"), "has an http address"),
        (uri("http://127.0.0.1.example/"), "has an http address"),
        (f"http://:whsec_{CANARY}@https%3A%2F%2Fhooks.example%2Fsms:8443", "has a port beside the URL"),
        (uri("https://hooks.example/", secret=""), "has no secret as its password"),
        (uri("https://hooks.example/", secret=CANARY), "has no secret as its password"),
        (uri("https://hooks.example/", secret="whsec_CANARY"), "has no secret as its password"),
        (uri("https://hooks.example/", secret=f"whsec_{CANARY}!!!!"), "has no secret as its password"),
        (uri("https://hooks.example/", secret="whsec_" + "CANARY00" * 12), "has no secret as its password"),
    )

    def connection(self, port: int) -> str:
        return uri(f"http://127.0.0.1:{port}/hooks/{CANARY}?token={CANARY}")

    def wrong_connections(self, receivers: Receivers, request: pytest.FixtureRequest) -> dict[str, str]:
        return {
            "401: the signature does not hold": uri(f"{receivers.url}/webhook"),
            "404": uri(f"{receivers.url}/nowhere"),
            "405": uri(f"{receivers.url}/control"),
        }

    def files(self, messages: list[Message]) -> dict[str, str]:
        return self.json_file(messages)

    def check(self, content: dict[str, Any]) -> None:
        assert len(json.dumps(content["body"], ensure_ascii=False).encode()) <= MAX_BYTES
        for alert in content["body"]["alerts"]:
            assert len(alert["title"].encode("utf-16-le")) // 2 <= webhook.MAX_TITLE
            assert len(alert["summary"].encode("utf-16-le")) // 2 <= webhook.MAX_SUMMARY
            assert len(alert["facts"]) <= webhook.MAX_FACTS
            assert all(link["url"].startswith(("http://", "https://")) for link in alert["links"])


def sent(receivers: Receivers, *messages: Message) -> dict[str, Any]:
    """What the receiver got of these."""
    receivers.clear("webhook")
    load_channel("webhook").send(messages)
    (record,) = receivers.received("webhook")
    return record["content"]


def test_an_alert_as_its_receiver_reads_it(receivers: Receivers) -> None:
    content = sent(receivers, TRIGGER)

    assert content["body"] == {
        "type": "sms_monitoring.alerts",
        "version": 1,
        "alerts": [
            {
                "id": content["id"],
                "event": "trigger",
                "sequence": 0,
                "severity": "critical",
                "alert_type": "delivery_rate_critical",
                "entity": "all",
                "dedup_key": TRIGGER.dedup_key,
                "title": "SMS delivery rate is low",
                "summary": TRIGGER.summary,
                "occurred_at": "2026-11-01T10:00:00+00:00",
                "facts": [{"label": label, "value": value} for label, value in TRIGGER.facts],
                "links": [{"label": link.label, "url": link.url} for link in TRIGGER.links],
            }
        ],
    }


def test_what_is_said_again_has_the_same_id_and_the_receiver_drops_it(receivers: Receivers) -> None:
    receivers.fail("webhook", drop=True, times=1)
    channel = load_channel("webhook")

    channel.send([TRIGGER])
    assert channel.send([replace(TRIGGER, summary="as judged again")]) == Delivered()

    first, second = receivers.received("webhook")
    assert first["content"]["id"] == second["content"]["id"]
    assert second["warnings"] == [f"webhook-id {first['content']['id']} came before: a receiver drops it"]


def test_each_event_and_each_repeat_of_each_incident_has_an_id_of_its_own() -> None:
    said = [
        TRIGGER,
        RESOLVE,
        REPEAT,
        replace(REPEAT, sequence=3),
        replace(TRIGGER, event=Event.ESCALATE),
        replace(TRIGGER, dedup_key="sms-monitoring/another"),
    ]

    assert len({webhook.message_id(message) for message in said}) == len(said)


def test_a_groups_id_is_that_of_its_members_whatever_their_order(receivers: Receivers) -> None:
    content = sent(receivers, *GROUP)

    assert content["id"] == webhook.webhook_id(list(reversed(GROUP)))
    assert content["id"] not in {webhook.webhook_id(GROUP[:-1]), webhook.webhook_id([TRIGGER])}
    assert [alert["id"] for alert in content["body"]["alerts"]] == [webhook.message_id(message) for message in GROUP]


def test_a_receiver_checks_it_with_the_specifications_own_library(http_far_side: HttpFarSide, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, uri(f"http://127.0.0.1:{http_far_side.port}/", WEBHOOK_SECRET))

    load_channel("webhook").send([TRIGGER, WARNING])

    headers, body = http_far_side.last
    assert headers["Content-Type"] == "application/json"
    assert Webhook(WEBHOOK_SECRET).verify(body, dict(headers))["alerts"][1]["entity"] == "carrier-a"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receivers: Receivers, http_far_side: HttpFarSide, monkeypatch, status: int) -> None:
    http_far_side.status, http_far_side.location = status, f"{receivers.url}/webhook"
    monkeypatch.setenv(VARIABLE, uri(f"http://127.0.0.1:{http_far_side.port}/", WEBHOOK_SECRET))

    outcome = load_channel("webhook").send([TRIGGER])

    assert isinstance(outcome, Misconfigured)
    assert str(status) in outcome.reason
    assert http_far_side.requests == 1
    assert receivers.received("webhook") == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "https://a.example"])
def test_http_is_for_this_machine_only(monkeypatch, url: str) -> None:
    monkeypatch.setenv(VARIABLE, uri(url))
    load_channel("webhook")


def test_the_address_is_used_as_it_is_written(http_far_side: HttpFarSide, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, uri(f"http://127.0.0.1:{http_far_side.port}/a/?b=c"))

    load_channel("webhook").send([TRIGGER])

    assert http_far_side.path == "/a/?b=c"


def test_host_schema_and_port_make_an_address_too(http_far_side: HttpFarSide, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, f"http://:whsec_{CANARY}@127.0.0.1:{http_far_side.port}/http")

    assert load_channel("webhook").send([TRIGGER]) == Delivered()


def test_a_wrong_clock_of_ours_is_told(receivers: Receivers, monkeypatch) -> None:
    from datetime import UTC, datetime

    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(webhook, "datetime", Late)

    outcome = load_channel("webhook").send([TRIGGER])

    assert isinstance(outcome, Misconfigured)
    assert "too old" in outcome.reason


def test_all_huge_things_are_cut_and_links_are_whole_or_left_out() -> None:
    huge = replace(
        TRIGGER,
        title="x" * 5000,
        links=(Link(label="long", url="https://a.example/" + "x" * 3000), Link(label="ok", url="https://a.example/")),
    )

    (alert,) = webhook.format_message(huge)["alerts"]

    assert alert["title"] == "x" * 999 + "…"
    assert [link["label"] for link in alert["links"]] == ["ok"]


def test_nothing_of_the_address_is_logged(http_far_side: HttpFarSide, monkeypatch, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(VARIABLE, uri(f"http://127.0.0.1:{http_far_side.port}/hooks/CANARY"))

    load_channel("webhook").send([TRIGGER])

    assert "CANARY" not in caplog.text


def test_what_a_refusal_quotes_is_told_without_secrets_and_without_what_no_text_can_hold(
    http_far_side: HttpFarSide, monkeypatch
) -> None:
    http_far_side.status, http_far_side.body = 404, "\x1f\x8b\x00 no such monitor: 9fQ2bT7xLmN4"
    monkeypatch.setenv(VARIABLE, uri(f"http://127.0.0.1:{http_far_side.port}/hooks/9fQ2bT7xLmN4?a=b"))

    outcome = load_channel("webhook").send([TRIGGER])

    assert "no such monitor: ***" in outcome.reason
    http_far_side.body = "\0".join("unknown 9fQ2bT7xLmN4")
    assert "9fQ2bT7xLmN4" not in load_channel("webhook").send([TRIGGER]).reason
    assert not {"\x00", "\x1f"} & set(outcome.reason)


def test_a_secret_with_white_space_in_it_is_redacted():
    assert explain("refused", "is  it a\tsecret?", frozenset({"it a\tsecret"})) == "refused: is ***?"


def test_a_part_of_an_address_is_a_token_with_its_colon_and_without():
    assert address_parts("/bot123456:ABCDEFGHIJ/x") == {"bot123456:ABCDEFGHIJ", "ABCDEFGHIJ"}
