"""How a number stands against an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Better(Enum):
    """Which way a number should go."""

    HIGHER = 1
    LOWER = -1
    NEITHER = 0
    """Volume, say: more messages are neither good nor bad."""


class Verdict(StrEnum):
    """What a change means to the reader."""

    BETTER = "better"
    WORSE = "worse"
    NEUTRAL = ""


@dataclass(frozen=True, slots=True)
class Change:
    """From a baseline to the current value.

    :param delta: in percent of the baseline, or in percentage points; None where the baseline is 0.
    :param points: whether ``delta`` is in percentage points.
    """

    direction: int
    delta: float | None
    points: bool
    verdict: Verdict

    @property
    def arrow(self) -> str:
        """▲, ▼, or = where nothing changed that would show in print."""
        return {1: "▲", -1: "▼", 0: "="}[self.direction]

    @property
    def amount(self) -> str:
        """The size of the change: "3.2%", "0.8 pts"; "from 0" where there is nothing to take a percentage of."""
        if self.delta is None:
            return "from 0"
        size = abs(self.delta)
        digits = 0 if size >= 100 else 2 if self.points and size < 1 else 1
        return f"{size:,.{digits}f}{' pts' if self.points else '%'}"

    def __str__(self) -> str:
        return " ".join(filter(None, (self.arrow, "same" if self.direction == 0 else self.amount, self.verdict)))


def compare(
    current: float | None,
    baseline: float | None,
    *,
    better: Better = Better.NEITHER,
    points: bool = False,
    noise: float = 0.0,
) -> Change | None:
    """The change from ``baseline`` to ``current``; None where either is not known.

    :param points: both are percentages, and their difference in percentage points is what is said.
    :param noise: a change of at most this much (percent or points) is none: the numbers are not that exact.
    """
    if current is None or baseline is None:
        return None
    delta: float | None
    if points:
        delta = current - baseline
    elif baseline:
        delta = 100 * (current - baseline) / abs(baseline)
    else:
        delta = None if current else 0.0
    # What would print as 0.0 is no change.
    least = max(noise, 0.005 if points else 0.05)
    direction = 1 if delta is None or delta >= least else -1 if delta <= -least else 0
    return Change(direction, delta, points, _verdict(direction * better.value))


def _verdict(good: int) -> Verdict:
    return Verdict.BETTER if good > 0 else Verdict.WORSE if good < 0 else Verdict.NEUTRAL
