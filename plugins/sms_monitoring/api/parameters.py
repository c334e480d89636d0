"""Query parameters that several routes share: UTC days and ranges of them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from sms_monitoring.api.errors import ApiError

MAX_DAYS = 400
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(given: Any) -> Any:
    # Pydantic would also take a number of seconds, and a time at midnight.
    if isinstance(given, str) and not _ISO_DAY.fullmatch(given):
        raise ValueError("is not a date like 2025-10-01")
    return given


# A calendar day, written 2025-10-01; a UTC day wherever it is one of metrics.
Day = Annotated[date, BeforeValidator(_iso_day)]


class Days(NamedTuple):
    """The days from ``start`` to ``end``, both included."""

    start: date
    end: date


def days_between(start: date, end: date | None) -> Days:
    """The range that ``start_date`` and ``end_date`` ask for; without an end, that one day.

    :raises ApiError: 422, naming ``end_date``, when it is before the start or more than :data:`MAX_DAYS` in all.
    """
    end = start if end is None else end
    check_order(start, end)
    if (end - start).days >= MAX_DAYS:
        message = f"end_date: {start} to {end} are more than {MAX_DAYS} days; ask for fewer at a time."
        raise ApiError(422, message, parameter="end_date")
    return Days(start, end)


def check_order(start: date, end: date) -> None:
    """See that a range does not end before it begins.

    :raises ApiError: 422, naming ``end_date``.
    """
    if end < start:
        raise ApiError(422, f"end_date: {end} lies before start_date {start}.", parameter="end_date")
