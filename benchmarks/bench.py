"""What a benchmark is given, and the ways to take times."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from sms_monitoring.local.progress import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.local.postgres import EmbeddedPostgres


class BenchmarkError(RuntimeError):
    """What was to be compared is not comparable: two ways gave different results, or the data are too few."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The surroundings of one run.

    :param postgres: a running server; every benchmark makes databases of its own on it.
    :param quick: shrink everything to see that it works; the figures then say nothing.
    :param steps: where progress and raw numbers go: standard error.
    """

    postgres: EmbeddedPostgres
    quick: bool = False
    steps: Steps = field(default_factory=Steps)

    def size(self, full: int, quick: int) -> int:
        """The size of something: ``full``, or ``quick`` in a quick run."""
        return quick if self.quick else full

    def alternate(self, title: str, repetitions: int, ways: dict[str, Callable[[], float]]) -> dict[str, float]:
        """Take the time of several ways to do something, in turn, so that what disturbs the machine disturbs all.

        :param ways: name → does it once and returns the seconds that count.
        :returns: name → median seconds.
        """
        taken: dict[str, list[float]] = {name: [] for name in ways}
        with self.steps.step(f"{title}, {repetitions} times") as tell:
            for number in range(1, repetitions + 1):
                for name, way in ways.items():
                    tell(f"{name}, {number} of {repetitions}")
                    taken[name].append(way())
        for name, seconds in taken.items():
            raw = "  ".join(f"{value:.3f}" for value in seconds)
            self.steps.say(f"    {name}: median {median(seconds):.3f} s of  {raw}")
        return {name: median(seconds) for name, seconds in taken.items()}


def seconds_of(action: Callable[[], object]) -> float:
    """Wall-clock seconds that ``action`` takes."""
    began = perf_counter()
    action()
    return perf_counter() - began
