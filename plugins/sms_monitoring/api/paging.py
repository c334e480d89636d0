"""Pages of a list: an opaque cursor says where the last one ended."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query

from sms_monitoring.api.errors import ApiError

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=500, description="Where to go on: `next_cursor` of the page before")]


def encode(*key: Any) -> str:
    """The cursor behind the row with this sort key (JSON values)."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def decode(cursor: str | None, length: int) -> list[Any]:
    """The sort key in a cursor; as many None where there is no cursor.

    :raises ApiError: 422 when it is none of ours.
    """
    if cursor is None:
        return [None] * length
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != length or not all(type(part) in (str, int) for part in key):
        raise ApiError(422, "cursor is not one that this list gave out; begin without it.", parameter="cursor")
    return key
