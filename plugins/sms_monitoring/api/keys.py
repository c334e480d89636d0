"""The keys in a cursor, checked: a forged one is refused before it meets the database."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sms_monitoring.api import paging
from sms_monitoring.api.errors import ApiError
from sms_monitoring.api.models.fields import LARGEST_ID, is_storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.db import Row


def time_and_uuid(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    """The row that a page of rows by (time, id) ended with.

    :raises ApiError: 422 when the cursor is not of such a list.
    """
    moment, number = paging.decode(cursor, 2)
    if cursor is None:
        return None, None
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("no zone")
        return at, UUID(number)
    except (ValueError, TypeError, AttributeError) as error:
        raise _foreign() from error


def time_and_text(cursor: str | None) -> tuple[datetime | None, str | None]:
    """The row that a page of rows by (time, name) ended with.

    :raises ApiError: 422 when the cursor is not of such a list.
    """
    moment, name = paging.decode(cursor, 2)
    if cursor is None:
        return None, None
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or not isinstance(name, str) or not is_storable(name):
            raise ValueError("no zone, or no name")
        return at, name
    except (ValueError, TypeError) as error:
        raise _foreign() from error


def row_id(cursor: str | None) -> int | None:
    """The row that a page of rows by number ended with. :raises ApiError: 422 when the cursor is not of such a list."""
    [number] = paging.decode(cursor, 1)
    if number is None:
        return None
    if not isinstance(number, int) or not 0 <= number <= LARGEST_ID:
        raise _foreign()
    return number


def cut(rows: Sequence[Row], limit: int, *key: str) -> tuple[Sequence[Row], str | None]:
    """A page and the cursor behind it, of rows that were read with a limit of one more.

    :param key: the columns that the rows are sorted by.
    """
    if len(rows) <= limit:
        return rows, None
    last: dict[str, Any] = rows[limit - 1]
    values = (last[name] for name in key)
    return rows[:limit], paging.encode(
        *(value.isoformat() if isinstance(value, datetime) else value for value in values)
    )


def _foreign() -> ApiError:
    return ApiError(422, "cursor is not one that this list gave out; begin without it.", parameter="cursor")
