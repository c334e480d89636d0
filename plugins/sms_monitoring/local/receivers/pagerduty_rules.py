"""What PagerDuty answers to a POST on its Events API v2. Pure: bytes in, verdict out.

https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sms_monitoring.local.receivers.verdict import Verdict

MAX_BYTES = 512 * 1024
MAX_SUMMARY = 1024
MAX_DEDUP_KEY = 255
ROUTING_KEY_LENGTH = 32
ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "warning", "error", "info")


def judge(body: bytes, *, routing_key: str) -> Verdict:
    """The verdict on one event, where ``routing_key`` is the only integration there is."""
    if len(body) > MAX_BYTES:
        reason = f"the event has {len(body)} bytes, at most {MAX_BYTES}"
        return _rejected(413, "payload too large", "Event object is too large", [reason], {"bytes": len(body)})
    try:
        event = json.loads(body)
    except ValueError:
        return _unrecognized("JSON parse error", body.decode(errors="replace"))
    if not isinstance(event, dict):
        return _unrecognized(f"expected an object, got {type(event).__name__}", event)
    kept = {**event, "routing_key": masked(event.get("routing_key"))}
    if errors := [*_errors(event)]:
        return _rejected(400, "invalid event", "Event object is invalid", errors, kept)
    if event["routing_key"] != routing_key:
        return _rejected(400, "invalid event", "Invalid routing key", ["Invalid routing key"], kept)
    # Without a key of its own a trigger gets one from PagerDuty.
    dedup_key = event.get("dedup_key") or hashlib.sha256(body).hexdigest()[:ROUTING_KEY_LENGTH]
    answer = {"status": "success", "message": "Event processed", "dedup_key": dedup_key}
    return Verdict(status=202, answer=answer, content={**kept, "dedup_key": dedup_key})


def masked(routing_key: object) -> str | None:
    """A routing key by its last four characters: enough to tell two apart, and no secret."""
    return f"…{routing_key[-4:]}" if isinstance(routing_key, str) and len(routing_key) >= 8 else None


def throttled() -> dict[str, Any]:
    """The body of PagerDuty's answer 429."""
    return {
        "status": "throttle exceeded",
        "message": "Requests for this service are arriving too quickly.  Please retry later.",
        "errors": ["Event was not processed"],
    }


def _rejected(status: int, name: str, message: str, errors: list[str], content: dict[str, Any]) -> Verdict:
    answer = {"status": name, "message": message, "errors": errors}
    return Verdict(status=status, answer=answer, content=content, reason=f"{name}: {'; '.join(errors)}")


def _unrecognized(error: str, body: Any) -> Verdict:
    return _rejected(400, "Unrecognized object", "Event object format is unrecognized", [error], {"body": body})


def _errors(event: dict[str, Any]) -> Iterator[str]:
    yield from _routing_key_errors(event.get("routing_key"))
    action, dedup_key = event.get("event_action"), event.get("dedup_key")
    if action is None:
        yield "'event_action' is missing or blank"
    elif action not in ACTIONS:
        yield "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"
    if dedup_key is not None and not isinstance(dedup_key, str):
        yield "'dedup_key' must be a string"
    elif dedup_key and len(dedup_key) > MAX_DEDUP_KEY:
        yield f"'dedup_key' is too long (maximum is {MAX_DEDUP_KEY} characters)"
    elif not dedup_key and action in ("acknowledge", "resolve"):
        yield "'dedup_key' is missing or blank"
    if action == "trigger":
        yield from _payload_errors(event.get("payload"))
        yield from _reference_errors(event.get("links"), "links", "href")
        yield from _reference_errors(event.get("images"), "images", "src")


def _routing_key_errors(key: object) -> Iterator[str]:
    if not isinstance(key, str) or not key.strip():
        yield "'routing_key' is missing or blank"
        return
    if len(key) != ROUTING_KEY_LENGTH:
        yield f"Length of 'routing_key' is incorrect (should be {ROUTING_KEY_LENGTH} characters)"
    if not (key.isascii() and key.isalnum()):
        yield "'routing_key' cannot contain non-alphanumeric characters."


def _payload_errors(payload: object) -> Iterator[str]:
    if not isinstance(payload, dict):
        yield "'payload' is missing or blank"
        return
    for field in ("summary", "source", "severity"):
        if not isinstance(payload.get(field), str) or not payload[field].strip():
            yield f"'payload.{field}' is missing or blank"
    if isinstance(summary := payload.get("summary"), str) and len(summary) > MAX_SUMMARY:
        yield f"'summary' is too long (maximum is {MAX_SUMMARY} characters)"
    if (severity := payload.get("severity")) and severity not in SEVERITIES:
        yield "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
    if (timestamp := payload.get("timestamp")) is not None and not _is_timestamp(timestamp):
        yield "'payload.timestamp' is not a valid ISO 8601 timestamp"


def _reference_errors(items: object, name: str, target: str) -> Iterator[str]:
    if items is None:
        return
    if not isinstance(items, list) or not all(_has_url(item, target) for item in items):
        yield f"'{name}' must be a list of objects with '{target}'"
    elif name == "images" and not all(item[target].startswith("https://") for item in items):
        yield "'images.src' must be served via HTTPS"


def _has_url(item: object, target: str) -> bool:
    return isinstance(item, dict) and isinstance(item.get(target), str) and bool(item[target])


def _is_timestamp(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
