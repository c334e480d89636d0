"""What PagerDuty takes and what it refuses, limit by limit, and how its incidents fold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_monitoring.local.receivers.incidents import IncidentBook
from sms_monitoring.local.receivers.pagerduty_rules import judge

KEY = "0123456789abcdef0123456789abcdef"
PAYLOAD = {"summary": "Delivery 71 %", "source": "sms", "severity": "critical"}


def event(**changes: Any) -> dict[str, Any]:
    made = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "k", "payload": PAYLOAD, **changes}
    return {name: value for name, value in made.items() if value is not None}


def judged(body: Any) -> Any:
    return judge(json.dumps(body).encode(), routing_key=KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dedup_key": "x" * 255},
        {"payload": {**PAYLOAD, "summary": "x" * 1024}},
        *({"payload": {**PAYLOAD, "severity": severity}} for severity in ("critical", "error", "warning", "info")),
        {"payload": {**PAYLOAD, "timestamp": "2026-03-01T10:00:00.000+0000", "custom_details": {"rate": 0.71}}},
        {"links": [{"href": "http://localhost:8080"}], "images": [{"src": "https://example.com/a.png"}]},
        {"event_action": "acknowledge", "payload": None},
        {"event_action": "resolve", "payload": None},
    ],
)
def test_takes_a_right_event(changes: dict[str, Any]) -> None:
    verdict = judged(event(**changes))
    assert (verdict.status, verdict.reason) == (202, None)
    dedup_key = changes.get("dedup_key", "k")
    assert verdict.answer == {"status": "success", "message": "Event processed", "dedup_key": dedup_key}


def test_a_trigger_without_a_dedup_key_gets_one() -> None:
    verdict = judged(event(dedup_key=None))
    assert verdict.answer["dedup_key"] == verdict.content["dedup_key"] != ""


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"routing_key": None}, "'routing_key' is missing or blank"),
        ({"routing_key": "abc"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"routing_key": "-" * 32}, "'routing_key' cannot contain non-alphanumeric characters."),
        ({"routing_key": "f" * 32}, "Invalid routing key"),
        ({"event_action": None}, "'event_action' is missing or blank"),
        ({"event_action": "open"}, "'event_action' is invalid"),
        ({"dedup_key": "x" * 256}, "'dedup_key' is too long (maximum is 255 characters)"),
        ({"dedup_key": 7}, "'dedup_key' must be a string"),
        ({"event_action": "resolve", "dedup_key": None}, "'dedup_key' is missing or blank"),
        ({"event_action": "acknowledge", "dedup_key": None}, "'dedup_key' is missing or blank"),
        ({"payload": None}, "'payload' is missing or blank"),
        ({"payload": {**PAYLOAD, "summary": " "}}, "'payload.summary' is missing or blank"),
        ({"payload": {**PAYLOAD, "summary": "x" * 1025}}, "'summary' is too long (maximum is 1024 characters)"),
        ({"payload": {**PAYLOAD, "source": ""}}, "'payload.source' is missing or blank"),
        ({"payload": {**PAYLOAD, "severity": None}}, "'payload.severity' is missing or blank"),
        ({"payload": {**PAYLOAD, "severity": "CRITICAL"}}, "'payload.severity' is invalid"),
        ({"payload": {**PAYLOAD, "timestamp": "yesterday"}}, "'payload.timestamp' is not a valid ISO 8601 timestamp"),
        ({"links": [{"text": "no target"}]}, "'links' must be a list of objects with 'href'"),
        ({"images": [{"src": "http://example.com/a.png"}]}, "'images.src' must be served via HTTPS"),
    ],
)
def test_refuses_a_wrong_event_and_says_why(changes: dict[str, Any], error: str) -> None:
    verdict = judged(event(**changes))
    assert (verdict.status, verdict.answer["status"]) == (400, "invalid event")
    assert any(told.startswith(error) for told in verdict.answer["errors"])


@pytest.mark.parametrize("body", [b"not json", b"[]"])
def test_refuses_what_is_no_json_object(body: bytes) -> None:
    verdict = judge(body, routing_key=KEY)
    assert (verdict.status, verdict.answer["status"]) == (400, "Unrecognized object")


def test_takes_512_kb_and_not_a_byte_more() -> None:
    bare = len(json.dumps(event(payload={**PAYLOAD, "custom_details": {"log": ""}})))
    room = 512 * 1024 - bare
    assert judged(event(payload={**PAYLOAD, "custom_details": {"log": "x" * room}})).status == 202
    assert judged(event(payload={**PAYLOAD, "custom_details": {"log": "x" * (room + 1)}})).status == 413


def test_keeps_only_the_end_of_the_routing_key() -> None:
    assert judged(event()).content["routing_key"] == "…cdef"


def fold(*events: dict[str, Any]) -> tuple[IncidentBook, list[str | None]]:
    book = IncidentBook()
    return book, [book.apply(event(**changes), f"2026-03-01T10:0{minute}:00Z") for minute, changes in enumerate(events)]


def test_triggers_on_an_open_incident_are_folded() -> None:
    book, notes = fold({}, {"payload": {**PAYLOAD, "summary": "Delivery 68 %"}})
    (incident,) = book.incidents
    assert (incident.status, incident.summary, incident.trigger_events) == ("triggered", "Delivery 71 %", 2)
    assert notes == [None, "folded into open incident #1, trigger 2"]


def test_resolve_closes_and_the_next_trigger_opens_another() -> None:
    book, notes = fold({}, {"event_action": "acknowledge"}, {"event_action": "resolve"}, {})
    assert [incident.status for incident in book.incidents] == ["resolved", "triggered"]
    assert [entry["action"] for entry in book.incidents[0].timeline] == ["trigger", "acknowledge", "resolve"]
    assert book.incidents[0].resolved_at == "2026-03-01T10:02:00Z"
    assert notes == [None] * 4


def test_keys_do_not_mix() -> None:
    book, _ = fold({"dedup_key": "a"}, {"dedup_key": "b"}, {"dedup_key": "a", "event_action": "resolve"})
    assert [(i.dedup_key, i.status) for i in book.incidents] == [("a", "resolved"), ("b", "triggered")]


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_an_event_for_an_unknown_key_is_taken_and_noted(action: str) -> None:
    book, notes = fold({"event_action": action, "dedup_key": "nobody"})
    assert book.incidents == []
    assert notes == [f"{action} for a dedup_key without an open incident: accepted, no effect"]
