"""The compact notation of what is observed hour by hour: ``97/300x3 40/300 _x2 (0/1 _x5)x4``.

=============  =============================================================
``97/300``     one hour: a value of 97 from a sample of 300
``null/300``   one hour: a row, but its value is NULL
``_``          one hour without a row: nothing was sent
``!``          one hour that was not aggregated
``E``          one hour whose SELECT failed
``…x3``        so three hours long, also of a group: ``(0/1 _x5)x4``
=============  =============================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sms_monitoring.alerts.model import AlertType, Observation
from sms_monitoring.timeframe import HOUR, Window

# A year of hours: whoever asks for more has mistyped it.
MAX_HOURS = 24 * 366
TOKEN = re.compile(r"\(|\)(?:x\d+)?|[^\s()]+")
HOUR_OF_SERIES = re.compile(r"(?:(?P<mark>[_!E])|(?P<value>null|-?\d+(?:\.\d+)?)/(?P<sample>\d+))(?:x(?P<times>\d+))?")


class SeriesError(ValueError):
    """A series that is not written in the notation."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An hour with a row."""

    value: Decimal | None
    sample: int

    def __str__(self) -> str:
        return f"{'null' if self.value is None else self.value}/{self.sample}"


# "_", "!", "E": see above.
Slot = Measured | str


def parse_series(text: str) -> tuple[Slot, ...]:
    """One slot an hour.

    :raises SeriesError: naming the part that is not in the notation.
    """
    tokens = iter(TOKEN.findall(text))
    slots = _group(tokens, text)
    if not slots:
        raise SeriesError("there is no hour in it; write it like 97/300x3 40/300 _x2")
    return tuple(slots)


def _group(tokens: Iterator[str], text: str, *, inside: bool = False) -> list[Slot]:
    slots: list[Slot] = []
    for token in tokens:
        if token == "(":
            slots += _group(tokens, text, inside=True)
        elif token.startswith(")"):
            if not inside:
                raise SeriesError(f"{text!r} closes a bracket that was not opened")
            return _repeated(slots, token[2:] or None, token)
        else:
            slots += _hours(token)
        _check_length(len(slots))
    if inside:
        raise SeriesError(f"{text!r} opens a bracket that is not closed")
    return slots


def _hours(token: str) -> list[Slot]:
    found = HOUR_OF_SERIES.fullmatch(token)
    if found is None:
        raise SeriesError(
            f"{token!r} is no hour; write value/sample (97/300), null/300, _, ! or E, and x3 behind it for three"
        )
    if found["mark"]:
        slot = found["mark"]
    else:
        value = None if found["value"] == "null" else Decimal(found["value"])
        slot = Measured(value, int(found["sample"]))
    return _repeated([slot], found["times"], token)


def _repeated(slots: list[Slot], times: str | None, token: str) -> list[Slot]:
    number = 1 if times is None else int(times)
    if number < 1:
        raise SeriesError(f"{token!r} repeats 0 times")
    _check_length(len(slots) * number)
    return slots * number


def _check_length(hours: int) -> None:
    if hours > MAX_HOURS:
        raise SeriesError(f"it has {hours} hours, longer than a year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Answers for the alert type's SELECT from series.

    A slot is what the SELECT says about the window of one run. A longer window of a rate adds up the windows of its
    length that it holds: successes over sample. (So of distinct users someone seen on two days counts twice.)
    """

    alert: AlertType
    start: datetime
    series: Mapping[str, Sequence[Slot]]

    def slots_of(self, run_end: datetime) -> set[Slot]:
        """What the entities' series say about the run that ends then; before the first hour nothing was sent."""
        return {_slot(slots, self._index(run_end)) for slots in self.series.values()}

    def slot(self, entity: str, run_end: datetime) -> Slot:
        """What one entity's series says about that run."""
        return _slot(self.series.get(entity, ()), self._index(run_end))

    def observe(self, window: Window) -> list[Observation]:
        """The observations of a window, as the SELECT would answer them."""
        parts, rest = divmod(window.end - window.start, self.alert.length)
        if rest:
            raise SeriesError(
                f"a window of {window.end - window.start} is no multiple of the alert's {self.alert.length}"
            )
        ends = [window.end - index * self.alert.length for index in range(parts)]
        found = []
        for entity, slots in self.series.items():
            measured = [slot for end in ends if isinstance(slot := _slot(slots, self._index(end)), Measured)]
            if measured:
                found.append(_added_up(entity, measured))
        return found

    def _index(self, run_end: datetime) -> int:
        return (run_end - self.start) // HOUR - 1


def _slot(slots: Sequence[Slot], index: int) -> Slot:
    return slots[index] if 0 <= index < len(slots) else "_"


def _added_up(entity: str, measured: Sequence[Measured]) -> Observation:
    if len(measured) == 1:
        [only] = measured
        return Observation(entity=entity, value=only.value, sample_size=only.sample)
    known = [(slot.value, slot.sample) for slot in measured if slot.value is not None and slot.sample]
    sample = sum(number for _, number in known)
    value = sum((rate * number for rate, number in known), Decimal(0)) / sample if sample else None
    return Observation(entity=entity, value=value, sample_size=sample)
