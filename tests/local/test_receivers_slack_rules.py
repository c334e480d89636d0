"""What Slack takes and what it refuses, limit by limit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_monitoring.local.receivers.slack_rules import judge, wrong_url


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section", **parts}


def header(text: Any) -> dict[str, Any]:
    return {"type": "header", "text": text}


def context(*elements: Any) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(text: str = "Open", **parts: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), **parts}


def image(url: str = "https://example.com/a.png", alt: str = "a chart") -> dict[str, str]:
    return {"type": "image", "image_url": url, "alt_text": alt}


def judged(payload: Any) -> Any:
    return judge(json.dumps(payload).encode())


AT_THE_LIMIT = {
    "50 blocks": [{"type": "divider"}] * 50,
    "section of 3000": [section(text=mrkdwn("x" * 3000))],
    "section of 3000 non-ASCII characters": [section(text=mrkdwn("é" * 3000))],
    "10 fields of 2000": [section(fields=[mrkdwn("x" * 2000)] * 10)],
    "header of 150": [header(plain("x" * 150))],
    "10 context elements": [context(*[mrkdwn("x")] * 9, image())],
    "25 actions": [actions(*[button()] * 25)],
    "button at every limit": [
        actions(button("x" * 75, url="https://e.com/" + "x" * 2986, value="x" * 2000, action_id="x" * 255))
    ],
    "button to this machine": [actions(button(url="http://localhost:8080/sms", style="danger"))],
    "section with a button": [section(text=mrkdwn("x"), accessory=button())],
    "section with an image": [section(text=plain("x"), accessory=image())],
    "image with a title": [{**image(), "title": plain("x" * 2000)}],
    "markdown of 12000": [{"type": "markdown", "text": "x" * 12_000}],
    "a type known by name only": [{"type": "rich_text", "elements": []}],
    "block_id of 255": [{"type": "divider", "block_id": "x" * 255}],
}

OVER_THE_LIMIT = {
    "51 blocks": ([{"type": "divider"}] * 51, "blocks holds 51 blocks, at most 50"),
    "not a list": ({"type": "divider"}, "blocks must be a list"),
    "not an object": (["divider"], "blocks[0] has no known block type"),
    "unknown type": ([{"type": "sectoin"}], "blocks[0] has no known block type: 'sectoin'"),
    "section of 3001": ([section(text=mrkdwn("x" * 3001))], "blocks[0].text.text has 3001 characters, at most 3000"),
    "section without text": ([section()], "blocks[0] needs text or fields"),
    "section of empty text": ([section(text=mrkdwn(""))], "blocks[0].text.text must be a text of 1 to 3000"),
    "section of bare text": ([section(text="x")], "blocks[0].text must be a text object"),
    "11 fields": ([section(fields=[mrkdwn("x")] * 11)], "blocks[0].fields has 11 elements, at most 10"),
    "no fields": ([section(fields=[])], "blocks[0].fields must be a list of 1 to 10"),
    "field of 2001": ([section(fields=[mrkdwn("x" * 2001)])], "blocks[0].fields[0].text has 2001 characters"),
    "header of 151": ([header(plain("x" * 151))], "blocks[0].text.text has 151 characters, at most 150"),
    "header of mrkdwn": ([header(mrkdwn("x"))], "blocks[0].text must be a text object of type plain_text"),
    "11 context elements": ([context(*[mrkdwn("x")] * 11)], "blocks[0].elements has 11 elements, at most 10"),
    "button in a context": ([context(button())], "blocks[0].elements[0] must be a text object"),
    "26 actions": ([actions(*[button()] * 26)], "blocks[0].elements has 26 elements, at most 25"),
    "text among actions": ([actions(mrkdwn("x"))], "blocks[0].elements[0] has no known element type: 'mrkdwn'"),
    "button of 76": ([actions(button("x" * 76))], "blocks[0].elements[0].text.text has 76 characters, at most 75"),
    "button url of 3001": ([actions(button(url="https://e.com/" + "x" * 2987))], "url has 3001 characters"),
    "relative button url": ([actions(button(url="/sms"))], "url must be an absolute http or https URL"),
    "button value of 2001": ([actions(button(value="x" * 2001))], "value has 2001 characters, at most 2000"),
    "button style": ([actions(button(style="green"))], "style must be primary or danger, not 'green'"),
    "action_id of 256": ([actions(button(action_id="x" * 256))], "action_id has 256 characters, at most 255"),
    "action_id twice": ([actions(button(action_id="a"), button(action_id="a"))], "action_id 'a' is used 2 times"),
    "block_id of 256": ([{"type": "divider", "block_id": "x" * 256}], "block_id has 256 characters, at most 255"),
    "block_id twice": ([{"type": "divider", "block_id": "a"}] * 2, "block_id 'a' is used 2 times"),
    "image without alt_text": ([image(alt="")], "blocks[0].alt_text must be a text of 1 to 2000"),
    "image on this machine": ([image("http://localhost/a.png")], "Slack cannot reach a private address"),
    "image at a private address": ([image("http://10.0.0.1/a.png")], "Slack cannot reach a private address"),
    "markdown of 12001": ([{"type": "markdown", "text": "x" * 12_001}], "has 12001 characters, at most 12000"),
}


@pytest.mark.parametrize("blocks", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
def test_takes_what_is_just_within_the_limits(blocks: Any) -> None:
    verdict = judged({"text": "fallback", "blocks": blocks})
    assert (verdict.status, verdict.answer, verdict.reason, verdict.warnings) == (200, "ok", None, ())


@pytest.mark.parametrize(("blocks", "reason"), OVER_THE_LIMIT.values(), ids=OVER_THE_LIMIT)
def test_refuses_what_is_just_beyond_and_says_where(blocks: Any, reason: str) -> None:
    verdict = judged({"text": "fallback", "blocks": blocks})
    assert (verdict.status, verdict.answer) == (400, "invalid_blocks")
    assert reason in verdict.reason


def test_blocks_of_an_attachment_are_held_to_the_same_limits() -> None:
    verdict = judged({"attachments": [{"blocks": [header(plain("x" * 151))]}]})
    assert verdict.answer == "invalid_blocks"
    assert "attachments[0].blocks[0].text.text has 151 characters" in verdict.reason


def test_every_fault_of_the_blocks_is_told() -> None:
    reason = judged({"blocks": [header(plain("x" * 151)), section()]}).reason
    assert "blocks[0].text.text" in reason
    assert "blocks[1] needs text" in reason


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"text=hello", "invalid_payload"),
        (b'["text"]', "invalid_payload"),
        (b'{"text": 5}', "invalid_payload"),
        (b"{}", "no_text"),
        (b'{"text": " ", "blocks": []}', "no_text"),
        (b'{"attachments": "x"}', "invalid_attachments"),
        (json.dumps({"attachments": [{"text": "x"}] * 101}).encode(), "too_many_attachments"),
    ],
)
def test_refuses_a_body_that_is_no_message(body: bytes, answer: str) -> None:
    verdict = judge(body)
    assert (verdict.status, verdict.answer) == (400, answer)


@pytest.mark.parametrize(
    "payload", [{"text": "x"}, {"text": "x", "attachments": [{"text": "y"}] * 100}, {"attachments": [{"text": "y"}]}]
)
def test_takes_text_or_attachments_alone(payload: Any) -> None:
    assert judged(payload).accepted


@pytest.mark.parametrize(("known", "status", "answer"), [(True, 403, "invalid_token"), (False, 404, "no_service")])
def test_a_wrong_url_is_refused(known: bool, status: int, answer: str) -> None:
    verdict = wrong_url(known_service=known, body=b'{"text": "x"}')
    assert (verdict.status, verdict.answer, verdict.content) == (status, answer, {"text": "x"})


@pytest.mark.parametrize(
    ("payload", "warning"),
    [
        ({"text": "A &am"}, "text: '&' at 2 is not escaped"),
        ({"text": "R&D"}, "text: '&' at 1 is not escaped"),
        ({"text": "<https://example.com|the ru"}, "text: '<' at 0 is not escaped"),
        ({"text": "5 < 6"}, "text: '<' at 2 is not escaped"),
        ({"text": "x", "blocks": [section(text=mrkdwn("A &l…"))]}, "blocks[0].text.text: '&' at 2"),
        ({"text": "x", "blocks": [header(plain("A &"))]}, "blocks[0].text.text: '&' at 2"),
        ({"attachments": [{"text": "A &g"}]}, "attachments[0].text: '&' at 2"),
        ({"blocks": [header(plain("A"))]}, "no text beside the blocks"),
        ({"text": "x" * 40_001}, "Slack cuts it at 40000"),
    ],
)
def test_takes_but_flags_what_a_reader_would_see_broken(payload: Any, warning: str) -> None:
    verdict = judged(payload)
    assert verdict.accepted
    assert len(verdict.warnings) == 1
    assert warning in verdict.warnings[0]


@pytest.mark.parametrize(
    "text",
    ["A &amp; B &lt;5&gt;", "<https://e.com/?a=1&amp;b=2|run>", "<@U1> <!here> <#C1|ops>", "> quoted", "&amp;lt;"],
)
def test_well_escaped_text_is_not_flagged(text: str) -> None:
    assert judged({"text": text}).warnings == ()


def test_plain_text_may_hold_angle_brackets() -> None:
    assert judged({"text": "x", "blocks": [header(plain("rate < 90 %"))]}).warnings == ()
