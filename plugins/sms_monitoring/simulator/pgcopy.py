"""PostgreSQL's binary COPY format, written a column at a time with numpy.

Row by row in Python, a million messages take half a minute; this takes two or three seconds, and spares the server
the parsing of text. Format: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from sms_monitoring.simulator.arrays import NEVER, Bools, Bytes, Ints, Keys

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

_NULL = b"\xff\xff\xff\xff"
_2000_01_01 = 946_684_800_000_000  # PostgreSQL counts from here


class Column(Protocol):
    """The values of one column, ready to be written."""

    def __len__(self) -> int:
        """Number of rows."""

    def sizes(self) -> Ints:
        """Bytes that each row's field takes, with its four bytes of length."""

    def write(self, out: Bytes, at: Ints) -> None:
        """Write each row's field into ``out`` at its place ``at``."""


class Fixed:
    """Values of the same width.

    :param values: one row of bytes a value.
    :param present: which rows are not null; None for all.
    """

    def __init__(self, values: Bytes, present: Bools | None = None) -> None:
        self._values = values
        self._present = np.ones(len(values), dtype=np.bool_) if present is None else present

    def __len__(self) -> int:
        return len(self._values)

    def sizes(self) -> Ints:
        """See :class:`Column`."""
        return np.where(self._present, 4 + self._values.shape[1], 4)

    def write(self, out: Bytes, at: Ints) -> None:
        """See :class:`Column`."""
        width = self._values.shape[1]
        fields = np.empty((len(self), 4 + width), dtype=np.uint8)
        fields[:, :4] = np.frombuffer(width.to_bytes(4), dtype=np.uint8)
        fields[:, 4:] = self._values
        _scatter(out, at[self._present], fields[self._present])
        _scatter(out, at[~self._present], np.tile(np.frombuffer(_NULL, dtype=np.uint8), ((~self._present).sum(), 1)))


class Pooled:
    """Texts out of a small pool.

    :param pool: the distinct texts.
    :param index: which of them each row holds; below 0 for null.
    """

    def __init__(self, pool: Sequence[str], index: Ints) -> None:
        encoded = [text.encode() for text in pool]
        # The last one is what index -1 finds.
        fields = [len(text).to_bytes(4) + text for text in encoded] + [_NULL]
        self._lengths = np.array([len(field) for field in fields])
        self._fields = np.zeros((len(fields), self._lengths.max()), dtype=np.uint8)
        for number, field in enumerate(fields):
            self._fields[number, : len(field)] = np.frombuffer(field, dtype=np.uint8)
        self._index = np.where(index < 0, -1, index)

    def __len__(self) -> int:
        return len(self._index)

    def sizes(self) -> Ints:
        """See :class:`Column`."""
        return self._lengths[self._index]

    def write(self, out: Bytes, at: Ints) -> None:
        """See :class:`Column`."""
        lengths = self.sizes()
        for length in np.unique(lengths):
            rows = lengths == length
            _scatter(out, at[rows], self._fields[self._index[rows], :length])


def rows(columns: Sequence[Column]) -> bytes:
    """The rows of ``columns``, without header and trailer."""
    sizes = [column.sizes() for column in columns]
    ends = np.cumsum(np.sum(sizes, axis=0) + 2)
    out = np.empty(ends[-1] if len(ends) else 0, dtype=np.uint8)
    at = np.concatenate([[0], ends[:-1]]).astype(np.int64) if len(ends) else ends
    _scatter(out, at, np.tile(np.frombuffer(len(columns).to_bytes(2), dtype=np.uint8), (len(at), 1)))
    at = at + 2
    for column, size in zip(columns, sizes, strict=True):
        column.write(out, at)
        at = at + size
    return out.tobytes()


def timestamps(times: Ints) -> Fixed:
    """``timestamptz`` of microseconds since 1970; NEVER is null."""
    present = times != NEVER
    return Fixed(_big_endian(np.where(present, times - _2000_01_01, 0), ">i8"), present)


def times_of_day(micros: Ints) -> Fixed:
    """``time`` of microseconds since midnight."""
    return Fixed(_big_endian(micros, ">i8"))


def integers(values: Ints, present: Bools | None = None) -> Fixed:
    """``integer``."""
    return Fixed(_big_endian(values, ">i4"), present)


def booleans(values: Bools) -> Fixed:
    """``boolean``."""
    return Fixed(values.astype(np.uint8)[:, None])


def numerics(values: Ints, scale: int, present: Bools | None = None) -> Fixed:
    """``numeric`` of whole numbers of 10^-``scale``, scale at most 8 and values below 10,000."""
    shifted = values * 10 ** (8 - scale)
    digits = np.stack([shifted // 10**8, shifted // 10**4 % 10**4, shifted % 10**4], axis=1)
    head = np.tile(np.array([3, 0, 0, scale]), (len(values), 1))  # digits, weight of the first, sign, scale
    return Fixed(_big_endian(np.concatenate([head, digits], axis=1), ">i2"), present)


def uuids(high: Keys, low: Keys) -> Fixed:
    """``uuid`` of its two halves."""
    return Fixed(_big_endian(np.stack([high, low], axis=1), ">u8"))


def texts(characters: Bytes, present: Bools | None = None) -> Fixed:
    """``text`` of the same number of ASCII characters in every row."""
    return Fixed(characters, present)


def _big_endian(values: Ints | Keys, dtype: str) -> Bytes:
    numbers = values.reshape(len(values), values.shape[1] if values.ndim > 1 else 1).astype(dtype)
    return np.ascontiguousarray(numbers).view(np.uint8)


def _scatter(out: Bytes, at: Ints, fields: Bytes) -> None:
    out[at[:, None] + np.arange(fields.shape[1])] = fields
