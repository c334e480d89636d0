"""What Sentry answers to an envelope: headers and items as lines of JSON. Pure: a request in, verdict out.

https://develop.sentry.dev/sdk/envelopes
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

from sms_monitoring.local.receivers.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of an envelope, unpacked: https://develop.sentry.dev/sdk/envelopes/#size-limits
MAX_BYTES = 100 * 1024 * 1024
MAX_EVENT_BYTES = 1024 * 1024
_KEY = re.compile(r"sentry_key=([^,\s]+)")


def judge(body: bytes, *, project: str, headers: Mapping[str, str], known: tuple[str, str]) -> Verdict:
    """The verdict on one envelope.

    :param project: of the path.
    :param headers: with names in lower case.
    :param known: public key and project of the only DSN there is.
    """
    key, known_project = known
    told = _KEY.search(headers.get("x-sentry-auth", ""))
    if told is None or told[1] != key or project != known_project:
        return _refused(403, "bad sentry DSN public key, or another project", {})
    try:
        header, items = _unpack(_inflate(body, headers.get("content-encoding", "")))
    except (ValueError, OSError, zlib.error, EOFError) as error:
        return _refused(400, f"no envelope: {error}", {})
    events = [payload for kind, payload in items if kind in ("event", "transaction") and isinstance(payload, dict)]
    content: dict[str, Any] = {"items": [kind for kind, _ in items], "event": events[0] if events else None}
    if events and len(json.dumps(events[0])) > MAX_EVENT_BYTES:
        return _refused(413, "the event is above 1 MB", {**content, "event": None})
    return Verdict(status=200, answer={"id": str(header.get("event_id", ""))}, content=content)


def _inflate(body: bytes, encoding: str) -> bytes:
    if encoding not in ("", "identity", "gzip", "deflate"):
        raise ValueError(f"content-encoding {encoding!r} is not understood here")
    unpacked = gzip.decompress(body) if encoding == "gzip" else zlib.decompress(body) if encoding == "deflate" else body
    if len(unpacked) > MAX_BYTES:
        raise ValueError(f"{len(unpacked)} bytes, at most {MAX_BYTES}")
    return unpacked


def _unpack(body: bytes) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The envelope's header, and kind and payload of each item; payloads that are no JSON are None."""
    first, _, rest = body.partition(b"\n")
    header, items = _object(first), []
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        head = _object(line)
        length = head.get("length")
        if isinstance(length, int):
            payload, rest = rest[:length], rest[length:].removeprefix(b"\n")
        else:
            payload, _, rest = rest.partition(b"\n")
        is_json = head.get("content_type", "application/json") == "application/json"
        items.append((str(head.get("type")), json.loads(payload) if is_json and payload else None))
    return header, items


def _object(line: bytes) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("a header is no JSON object")
    return value


def _refused(status: int, reason: str, content: dict[str, Any]) -> Verdict:
    return Verdict(status=status, answer={"detail": reason}, content=content, reason=reason)
