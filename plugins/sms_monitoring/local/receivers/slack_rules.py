"""What Slack answers to a POST on an incoming webhook. Pure: bytes in, verdict out.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sms_monitoring.local.receivers.block_rules import block_errors
from sms_monitoring.local.receivers.mrkdwn import entity_warnings
from sms_monitoring.local.receivers.verdict import Verdict

MAX_TEXT = 40_000
MAX_ATTACHMENTS = 100


def judge(body: bytes) -> Verdict:
    """The verdict on the body of one webhook call whose URL was right."""
    try:
        payload = json.loads(body)
    except ValueError:
        return _rejected("invalid_payload", "the body is not JSON", {"body": body.decode(errors="replace")})
    if not isinstance(payload, dict):
        return _rejected("invalid_payload", f"the body is a {type(payload).__name__}, not an object", {"body": payload})
    if fault := next(_faults(payload), None):
        return _rejected(*fault, payload)
    return Verdict(status=200, answer="ok", content=payload, warnings=tuple(_warnings(payload)))


def wrong_url(*, known_service: bool, body: bytes) -> Verdict:
    """The verdict on a call with a wrong webhook URL: an unknown service, or a known one with a wrong token."""
    content = judge(body).content
    if known_service:
        return _rejected("invalid_token", "the webhook's token is wrong", content, status=403)
    return _rejected("no_service", "there is no such webhook", content, status=404)


def _rejected(answer: str, reason: str, content: dict[str, Any], status: int = 400) -> Verdict:
    return Verdict(status=status, answer=answer, content=content, reason=f"{answer}: {reason}")


def _faults(payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Slack's answer and the reason for it; Slack tells only the first."""
    text, attachments = payload.get("text"), payload.get("attachments") or []
    if text is not None and not isinstance(text, str):
        yield "invalid_payload", f"text is a {type(text).__name__}, not a text"
    elif not isinstance(attachments, list) or not all(isinstance(attachment, dict) for attachment in attachments):
        yield "invalid_attachments", "attachments must be a list of objects"
    elif len(attachments) > MAX_ATTACHMENTS:
        yield "too_many_attachments", f"there are {len(attachments)} attachments, at most {MAX_ATTACHMENTS}"
    elif not (text and text.strip()) and not payload.get("blocks") and not attachments:
        yield "no_text", "there is neither text nor blocks"
    elif errors := [*_all_block_errors(payload, attachments)]:
        yield "invalid_blocks", "; ".join(errors)


def _all_block_errors(payload: dict[str, Any], attachments: list[dict[str, Any]]) -> Iterator[str]:
    if payload.get("blocks") is not None:
        yield from block_errors(payload["blocks"])
    for number, attachment in enumerate(attachments):
        if attachment.get("blocks") is not None:
            yield from block_errors(attachment["blocks"], f"attachments[{number}].blocks")


def _warnings(payload: dict[str, Any]) -> Iterator[str]:
    text = payload.get("text") or ""
    if len(text) > MAX_TEXT:
        yield f"text has {len(text)} characters: Slack cuts it at {MAX_TEXT}"
    if payload.get("blocks") and not text:
        yield "there is no text beside the blocks: notifications on a phone will be empty"
    yield from entity_warnings(text, "text")
    yield from _text_object_warnings(payload.get("blocks"), "blocks")
    for number, attachment in enumerate(payload.get("attachments") or []):
        for field in ("pretext", "text"):
            if isinstance(attachment.get(field), str):
                yield from entity_warnings(attachment[field], f"attachments[{number}].{field}")
        yield from _text_object_warnings(attachment.get("blocks"), f"attachments[{number}].blocks")


def _text_object_warnings(value: object, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from _text_object_warnings(element, f"{path}[{number}]")
    elif isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text") and isinstance(value.get("text"), str):
            yield from entity_warnings(value["text"], f"{path}.text", markup=value["type"] == "mrkdwn")
        for key, element in value.items():
            if isinstance(element, (list, dict)):
                yield from _text_object_warnings(element, f"{path}.{key}")
