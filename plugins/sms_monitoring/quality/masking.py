"""What may leave the database: never a phone number, a message's text or a name.

An allow-list: times, true and false, nothing, numbers too short to call, and known words
(:mod:`sms_monitoring.quality.vocabulary`) are shown; every other text becomes its length and a mark that is the same
for equal texts of one run, so that a person can tell whether ten failing rows are about one user or ten.
"""

from __future__ import annotations

import hashlib
import numbers
import re
import secrets
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sms_monitoring.quality.vocabulary import SPOKEN, is_known

# A whole number from here on could be called: seven digits are a local phone number.
CALLABLE = 1_000_000
ERROR_LENGTH = 500
# A birthday is a date too: in text, only those that can be a time of the metrics are shown.
TIMES_WITHIN = timedelta(days=2 * 366)
HIDDEN = "‹…›"

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:?(?:\d\d)?)?")
_IDENTIFIER = re.compile(r"[A-Za-z_]{1,63}")
_OWN_MARK = re.compile(r"‹(?:text of \d+ characters|number of \d+ digits|\d+ bytes), #[0-9a-f]{6}›")
# What follows in an error message quotes the statement and its values.
_QUOTING = re.compile(r"\s*(?:\n\s*LINE \d|\[SQL:|\[parameters:|Traceback|\(Background on|\n\s*CONTEXT:|\n\s*DETAIL:)")
# How SQLAlchemy names the driver's error.
_SOURCE = re.compile(r"\(psycopg\.(?:errors\.)?(\w+)\)")
# What is quoted stands or falls as a whole: it may be a value.
_TOKEN = re.compile(r"(?:\"[^\"]*\"|'[^']*')|[A-Za-z_][A-Za-z_0-9]*|\d+|\s+|.")
_HIDDEN_RUN = re.compile(rf"{HIDDEN}(?:[\s.,:/=-]*{HIDDEN})+")
_PLAIN_SIGNS = frozenset(".,:;()'\"<>=-/")


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks the values of one run.

    :param key: what the marks are made with; known to this run alone, so that nobody can try out phone numbers.
    :param today: what counts as the present, in UTC.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def value(self, value: Any) -> Any:  # noqa: PLR0911 - one line a type
        """``value`` as it may be shown: JSON types only; lists and objects within it too, keys included."""
        match value:
            case None | bool():
                return value
            case UUID():
                # The type of our own ids alone; a product's are text here, and may be a person's.
                return str(value)
            case str():
                return self.text(value)
            case datetime() | date() | time():
                return value.isoformat()
            case bytes() | bytearray() | memoryview():
                return f"‹{len(bytes(value))} bytes, {self._mark(bytes(value))}›"
            case Mapping():
                return {self.text(str(name)): self.value(inner) for name, inner in value.items()}
            case Sequence() | Set():
                return [self.value(inner) for inner in value]
            case numbers.Number():
                return self._number(Decimal(value if isinstance(value, int) else str(value)))
            case timedelta():
                return str(value)
            case _:
                # An enum or range of PostgreSQL …: its text is all we know of it.
                return self.text(str(value))

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a result. Its keys are the columns of our own SELECT, and stay."""
        return {str(column): self.value(value) for column, value in row.items()}

    def text(self, text: str) -> str:
        """``text`` if it is a known word or a time of these years, else its length and mark."""
        if not text or is_known(text) or self._is_time(text) or _OWN_MARK.fullmatch(text):
            return text
        return f"‹text of {len(text)} characters, {self._mark(text.encode(errors='replace'))}›"

    def definition(self, value: Any) -> Any:
        """What is known of a table's definition: identifiers without a digit are the schema's, not a person's."""
        if isinstance(value, str) and _IDENTIFIER.fullmatch(value):
            return value
        if isinstance(value, Mapping):
            return {self.definition(str(name)): self.definition(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.definition(inner) for inner in value]
        return self.value(value)

    def error(self, message: str, known: Set[str] = frozenset()) -> str:
        """An error message with the words that errors are made of and the names we know; anything else is hidden.

        :param known: more names that may be shown: the columns that a check asks for.
        """
        quoted = _SOURCE.sub(r"\1:", _QUOTING.split(message, maxsplit=1)[0].strip())
        shown = "".join(_shown(token, known) for token in _TOKEN.findall(quoted))
        return _HIDDEN_RUN.sub(HIDDEN, " ".join(shown.split()))[:ERROR_LENGTH].strip() or HIDDEN

    def _number(self, number: Decimal) -> int | float | str:
        if not number.is_finite():
            return str(number)
        if abs(number) >= CALLABLE:
            # Not by way of int, which refuses to write thousands of digits.
            digits = f"{number.to_integral_value().copy_abs():f}"
            return f"‹number of {len(digits)} digits, {self._mark(digits.encode())}›"
        return int(number) if number == number.to_integral_value() else float(number)

    def _is_time(self, text: str) -> bool:
        """Whether it is a real date, with or without a time, at most :data:`TIMES_WITHIN` from today."""
        if not _TIME.fullmatch(text):
            return False
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            return False
        return abs(day - self.today) <= TIMES_WITHIN

    def _mark(self, content: bytes) -> str:
        return f"#{hashlib.blake2b(content, key=self.key, digest_size=3).hexdigest()}"


def _shown(token: str, known: Set[str]) -> str:
    """A part of an error message as it may be shown."""
    if len(token) > 1 and token[0] in "\"'":
        inner = token[1:-1]
        return token if inner in known or is_known(inner) else f"{token[0]}{HIDDEN}{token[0]}"
    stands = token.isspace() or token in _PLAIN_SIGNS or token in known or is_known(token) or token.lower() in SPOKEN
    return token if stands or _is_error_class(token) else HIDDEN


def _is_error_class(token: str) -> bool:
    """Whether it names an exception of Python, SQLAlchemy or psycopg."""
    import builtins

    import psycopg.errors
    import sqlalchemy.exc

    return any(
        isinstance(getattr(module, token, None), type) for module in (builtins, psycopg.errors, sqlalchemy.exc, psycopg)
    )
