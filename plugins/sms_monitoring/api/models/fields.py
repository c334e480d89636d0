"""Types of fields that refuse what the database could not hold, so that no input ends in a fault of the server."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# Of PostgreSQL's integer and bigint.
LARGEST_INTEGER = 2**31 - 1
LARGEST_ID = 2**63 - 1
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _storable(text: str) -> str:
    if not is_storable(text):
        raise PydanticCustomError("unstorable", "holds a character that cannot be stored (NUL, or half of a pair)")
    return text


def _iso_time(given: Any) -> Any:
    # Pydantic would also take a number of seconds.
    if not isinstance(given, datetime) and not (isinstance(given, str) and _ISO_DAY.match(given)):
        raise PydanticCustomError("no_time", "is not a time like 2026-11-01T00:00:00Z")
    return given


def _in_range(moment: datetime) -> datetime:
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not EARLIEST <= moment < LATEST:
        span = {"earliest": EARLIEST.year, "latest": LATEST.year - 1}
        raise PydanticCustomError("time_out_of_range", "must lie in the years from {earliest} to {latest}", span)
    return moment.astimezone(UTC)


def _finite(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and math.isfinite(number) else None


Text = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
"""A short text, as it is."""
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable)]
"""A text in which * stands for any text."""
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(_storable)
]
"""What a person says: not blank."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_storable)]
"""Whom a person names: not blank."""
Moment = Annotated[datetime, BeforeValidator(_iso_time), AfterValidator(_in_range)]
"""A time; without a zone it is UTC."""
Measured = Annotated[float | None, BeforeValidator(_finite)]
"""A number to give out; null where there is none, or none that JSON could hold."""
