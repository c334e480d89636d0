"""How long answers take when many people look: a pace is kept, and who is late counts as late."""

from __future__ import annotations

import math
import random
import threading
import time
from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError
from benchmarks.server import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bench import Bench
    from benchmarks.server import Server

# An open dashboard asks again only for what changed. Whoever looks around in it, at the longest range, has it ask for
# all its fifteen things about every half minute.
PACE_SECONDS = 2.0


def readers(count: int) -> list[str]:
    """Names of so many users."""
    return [f"reader{number:02}" for number in range(1, count + 1)]


def percentile_95(seconds: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def unloaded_p95(bench: Bench, server: Server, paths: Sequence[str]) -> float:
    """Seconds that 95 of 100 answers take for the only reader there is, one after another."""
    rounds = bench.size(20, 1)
    client = server.client(OPERATOR)
    with bench.steps.step(f"One reader, {rounds} times the page"):
        for path in paths:
            client.get(path)
        taken = [client.get(path) for _ in range(rounds) for path in paths]
    client.close()
    bench.steps.say(f"    p95 {percentile_95(taken) * 1000:.1f} ms of {len(taken)} answers")
    return percentile_95(taken)


def p95_under_load(bench: Bench, server: Server, paths: Sequence[str], names: Sequence[str]) -> float:
    """The same for all of ``names`` at once: each with a connection, a place to begin and a moment of its own.

    A request's time counts from when it was due: who had to wait for the answer before has waited. So has who was
    told after some seconds that the server is too busy.
    """
    requests = bench.size(30, 3)
    draw = random.Random(1)  # noqa: S311 - no secret
    taken: list[float] = []
    refusals: list[BenchmarkError] = []
    begin = time.perf_counter() + 1

    def read(name: str, delay: float, place: int) -> None:
        client = server.client(name)
        try:
            for number in range(requests):
                due = begin + delay + number * PACE_SECONDS
                time.sleep(max(0.0, due - time.perf_counter()))
                try:
                    client.get(paths[(place + number) % len(paths)])
                except BenchmarkError as error:
                    refusals.append(error)
                taken.append(time.perf_counter() - due)
        finally:
            client.close()

    threads = [
        threading.Thread(target=read, args=(name, draw.random() * PACE_SECONDS, draw.randrange(len(paths))))
        for name in names
    ]
    with bench.steps.step(f"{len(names)} readers, {requests} requests each, one every {PACE_SECONDS:g} s"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if refusals:
        bench.steps.say(f"    {len(refusals)} of {len(taken)} were refused; the first: {refusals[0]}")
    if len(taken) < requests * len(names):
        raise BenchmarkError(f"only {len(taken)} of {requests * len(names)} requests were made: the server went away")
    bench.steps.say(f"    p95 {percentile_95(taken) * 1000:.1f} ms of {len(taken)} answers")
    return percentile_95(taken)
