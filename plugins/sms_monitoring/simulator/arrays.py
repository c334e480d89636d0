"""Columns of equal length that are filtered and joined together, and how times are held in them.

A time is an int64 of microseconds since 1970 in UTC; a local time is the same of what a wall clock shows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Bools: TypeAlias = npt.NDArray[np.bool_]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Keys: TypeAlias = npt.NDArray[np.uint64]

MILLISECOND = 1_000
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# The time of what does not happen: later than any other, so that comparisons and minimums need no special case.
NEVER = np.iinfo(np.int64).max

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """A time with a zone as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def day_to_micros(day: date) -> int:
    """Local midnight of ``day``, as a wall clock's microseconds since 1970."""
    return (day - _EPOCH.date()).days * DAY


def whole_ms(times: Floats | Ints) -> Ints:
    """Times or durations cut to milliseconds, which is as exact as a product writes them."""
    return (times // MILLISECOND).astype(np.int64) * MILLISECOND


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """A table held by column: every field of a subclass is an array with one entry a row."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Bools | Ints) -> Self:
        """The rows that a mask or indices pick, in that order."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """The rows of all ``parts``, one after another; there must be at least one part."""
        return cls(
            **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)}
        )
