"""Server-sent events as bytes. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fastapi.sse import format_sse_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.api.live.changes import Event
    from sms_monitoring.api.live.position import Position

# How long a browser waits before it connects again, in milliseconds.
RETRY_MILLISECONDS = 3000


def opening() -> bytes:
    """What a stream begins with."""
    return format_sse_event(comment="open", retry=RETRY_MILLISECONDS)


def keep_alive(position: Position | None) -> bytes:
    """What proxies and the far side take for a sign of life; no event, but browsers keep its id."""
    return format_sse_event(comment="keep-alive", id=position.encode() if position else None)


def events(batch: Sequence[Event], position: Position | None) -> bytes:
    """Events, and the position after them.

    Only what follows all of them has the id: who hears half of them hears the whole again.
    """
    parts = [format_sse_event(data_str=json.dumps(event.data), event=event.name) for event in batch]
    return b"".join(parts) + (format_sse_event(id=position.encode()) if position else b"")
