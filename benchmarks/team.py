"""Processes that do something at the same time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from multiprocessing.synchronize import Barrier

# Prepares something in one of the processes, out of what can be pickled, and returns what does it.
Preparation: TypeAlias = Callable[[], Callable[[], object]]

# For all of them to have imported what they need.
_START_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """As many processes as ``size`` says."""

    size: int
    pool: ProcessPoolExecutor

    def seconds(self, tasks: Sequence[Preparation]) -> float:
        """Let each process do one of ``tasks``, all at once when all are prepared.

        :returns: seconds from the first start to the last end.
        """
        spans = [future.result() for future in [self.pool.submit(_at_once, task) for task in tasks]]
        return max(ended for _, ended in spans) - min(began for began, _ in spans)


@contextmanager
def team(size: int, environment: Mapping[str, str]) -> Iterator[Team]:
    """So many processes, with ``environment`` beside this one's, until the ``with`` block ends."""
    # Not forked: this process holds connections and threads that are not theirs.
    spawn = multiprocessing.get_context("spawn")
    arguments = (spawn.Barrier(size), dict(environment))
    with ProcessPoolExecutor(size, spawn, initializer=_join, initargs=arguments) as pool:
        yield Team(size=size, pool=pool)


class _Start:
    """Where the processes of a team wait for each other."""

    barrier: Barrier


def _join(barrier: Barrier, environment: dict[str, str]) -> None:
    _Start.barrier = barrier
    os.environ.update(environment)
    # A line for every HTTP request, which Airflow would put into the log of the task.
    logging.disable(logging.INFO)


def _at_once(prepare: Preparation) -> tuple[float, float]:
    do_it = prepare()
    _Start.barrier.wait(_START_SECONDS)
    began = time.monotonic()  # the same clock in all processes
    do_it()
    return began, time.monotonic()
