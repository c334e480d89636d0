"""From when to when, and in what steps: pure. All times are UTC, and steps begin on multiples of themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sms_monitoring.series.errors import SeriesError
from sms_monitoring.timeframe import EVER, HOUR, floor_hour

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = timedelta(days=1)
STEPS: Mapping[str, timedelta] = {"1h": HOUR, "6h": 6 * HOUR, "1d": DAY}
# Name → how long, in which steps; "last 24 hours" in words.
RANGES: Mapping[str, tuple[timedelta, str, str]] = {
    "24h": (DAY, "1h", "last 24 hours"),
    "7d": (7 * DAY, "1h", "last 7 days"),
    "30d": (30 * DAY, "6h", "last 30 days"),
    "90d": (90 * DAY, "1d", "last 90 days"),
}
LONGEST = timedelta(days=400)
MOST_POINTS = 2000
# As many as a chart shows well: where no step is asked for, the shortest that stays below.
GOOD_POINTS = 200


@dataclass(frozen=True, slots=True)
class Span:
    """The time from ``start`` up to, not including, ``end``, in steps of ``step``.

    Made by :func:`named_span` or :func:`explicit_span`, which see that it makes sense. ``start`` is the beginning of a
    step; ``end`` may cut the last one short.

    :param words: how people call it: "last 7 days".
    :param current: it reaches up to now, so that its newest hour may simply not be computed yet.
    """

    start: datetime
    end: datetime
    step: timedelta
    words: str
    current: bool

    def steps(self) -> list[tuple[datetime, datetime]]:
        """Beginning and end of each step, in order; the last may be a part."""
        count = -(-(self.end - self.start) // self.step)
        begins = [self.start + index * self.step for index in range(count)]
        return [(begin, min(begin + self.step, self.end)) for begin in begins]

    @property
    def step_name(self) -> str:
        """The step as in :data:`STEPS`."""
        return next(name for name, length in STEPS.items() if length == self.step)


def named_span(name: str, now: datetime) -> Span:
    """One of :data:`RANGES`, up to the last whole hour before ``now``; a first or last step may be today's so far.

    :raises SeriesError: for a range that there is not.
    """
    if name not in RANGES:
        raise SeriesError("range", f"there is no range {name!r}; use {_or(RANGES)}, or start and end")
    length, step_name, words = RANGES[name]
    step, end = STEPS[step_name], floor_hour(now)
    # So many whole steps, or the last of them as far as it is: not one more, and never a first half.
    last = _ceil(end, step)
    return Span(last - length, end, step, words, current=True)


def explicit_span(start: datetime, end: datetime, now: datetime, step: str | None = None) -> Span:
    """From the step that holds ``start`` up to the hour that ends with or holds ``end``, but not beyond ``now``.

    :param step: one of :data:`STEPS`; None: the shortest that gives at most :data:`GOOD_POINTS` points.
    :raises SeriesError: naming ``start``, ``end`` or ``step`` and what is wrong with it.
    """
    if step is not None and step not in STEPS:
        raise SeriesError("step", f"there is no step {step!r}; use {_or(STEPS)}")
    for name, moment in (("start", start), ("end", end)):
        if moment.tzinfo is None:
            raise SeriesError(name, f"{moment.isoformat()} has no time zone; write it like 2026-03-29T10:00:00Z")
        if not EVER.start <= moment < EVER.end:
            raise SeriesError(name, f"{moment.isoformat()} is not between 1970 and 9998")
    if start >= end:
        raise SeriesError("start", f"{_utc(start)} is not before end, {_utc(end)}")
    if end - start > LONGEST:
        raise SeriesError(
            "start", f"start to end is {(end - start).days} days; at most {LONGEST.days} can be asked for"
        )
    newest = floor_hour(now)
    if start >= newest:
        raise SeriesError("start", f"{_utc(start)} is in the hour that is not over yet, or later")
    until = min(_ceil(end, HOUR), newest)
    length = STEPS[step] if step else _good_step(until - start)
    span = Span(_floor(start, length), until, length, f"{_utc(start)} to {_utc(until)}", current=until == newest)
    if len(span.steps()) > MOST_POINTS:
        raise SeriesError(
            "step", f"{step} gives {len(span.steps()):,} points; at most {MOST_POINTS:,} can be asked for"
        )
    return span


def coarser(span: Span, most: int) -> Span:
    """The same time in the shortest steps that give at most ``most`` points, at least those it has; days at most.

    It may begin earlier, with the step that holds its start.
    """
    steps = [step for step in STEPS.values() if step >= span.step]
    step = next((each for each in steps if (span.end - span.start) / each <= most), DAY)
    return replace(span, start=_floor(span.start, step), step=step)


def iso(moment: datetime) -> str:
    """``2026-03-29T10:00:00Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _good_step(length: timedelta) -> timedelta:
    return next((step for step in STEPS.values() if length / step <= GOOD_POINTS), DAY)


def _floor(moment: datetime, step: timedelta) -> datetime:
    return EVER.start + (moment.astimezone(UTC) - EVER.start) // step * step


def _ceil(moment: datetime, step: timedelta) -> datetime:
    return EVER.start - (EVER.start - moment.astimezone(UTC)) // step * step


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _or(names: Mapping[str, object]) -> str:
    *some, last = names
    return f"{', '.join(some)} or {last}"
