"""Many runs, in several worker processes side by side, and what they come to together."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from pprint import pprint
from typing import TYPE_CHECKING, Any

from chaos.dispatcher import connect
from chaos.journal import Journal
from chaos.plan import draw
from chaos.run import run_plan
from chaos.verdict import judge
from chaos.world import load_code, world
from sms_monitoring import db
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.processes import TETHER
from sms_monitoring.local.receivers import ReceiversClient
from sms_monitoring.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection as Pipe
    from multiprocessing.process import BaseProcess

    from sms_monitoring.local.postgres import EmbeddedPostgres

_PREFIX = "sms_chaos_"
_START_SECONDS = 60
_FORK = get_context("fork")


class CampaignError(RuntimeError):
    """The campaign itself could not go on; says nothing about what it tests."""


@dataclass(slots=True)
class Result:
    """What the runs came to, so far.

    :param faults: number of a run → what it found.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, number: int, counts: Counter[str], faults: tuple[str, ...]) -> None:
        """Take in one run."""
        self.counts += Counter({"runs": 1}) + counts
        if faults:
            self.faults[number] = faults


def run_campaign(
    postgres: EmbeddedPostgres,
    seed: int,
    numbers: Sequence[int],
    *,
    jobs: int,
    tell: Callable[[Result], None] = lambda _: None,
    show: bool = False,
) -> Result:
    """Carry out the runs ``numbers``; nothing is left of them, however it ends.

    :param postgres: a running server.
    :param jobs: how many worker processes.
    :param tell: called after every run.
    :param show: whether to print each plan and all that is known of its run to standard error.
    :raises CampaignError: when a worker or its receivers could not start, or died.
    """
    jobs = min(jobs, len(numbers))
    result = Result()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sms-chaos-")))
        places = [folder / str(job) for job in range(jobs)]
        waiting = [stack.enter_context(_receivers(place)) for place in places]
        template = stack.enter_context(_database(postgres))
        migrate(lambda: db.connect(postgres.uri(template)))
        uris = [postgres.uri(stack.enter_context(_database(postgres, template))) for _ in places]
        load_code()
        workers = stack.enter_context(_workers())
        for job, place in enumerate(places):
            receivers = waiting[job]()
            workers.start(_Work(uris[job], receivers.url, place, seed, numbers[job::jobs], show))
        for number, counts, faults in workers.results():
            result.add(number, counts, faults)
            tell(result)
    return result


def drop_leftovers(postgres: EmbeddedPostgres) -> None:
    """Drop the databases of campaigns that were killed."""
    with db.connect(postgres.uri("postgres")) as conn:
        left = conn.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (_PREFIX,)).fetchall()
    for (name,) in left:
        postgres.drop_database(name)


@contextmanager
def _database(postgres: EmbeddedPostgres, template: str | None = None) -> Iterator[str]:
    name = f"{_PREFIX}{uuid.uuid4().hex}"
    postgres.create_database(name, template=template)
    try:
        with db.connect(postgres.uri("postgres")) as conn:
            # Clients are killed, the server is not: what it has committed it need not write to disk at once.
            conn.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
        yield name
    finally:
        postgres.drop_database(name)


@contextmanager
def _receivers(folder: Path) -> Iterator[Callable[[], ReceiversClient]]:
    """Receivers in a process of their own; call the value to wait for them."""
    folder.mkdir()
    ready, log = folder / "ready", folder / "receivers.log"
    program = [sys.executable, "-m", "sms_monitoring.local.receivers"]
    # A session of its own: Ctrl-C must not end them under those who use them.
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-S", str(TETHER), str(os.getpid()), *program, "--ready-file", str(ready)],
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Layout.of_this_checkout().plugins)},
        stdout=subprocess.DEVNULL,
        stderr=log.open("wb"),
        start_new_session=True,
    )

    def wait_for_them() -> ReceiversClient:
        deadline = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise CampaignError(f"the local receivers did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        return ReceiversClient(json.loads(ready.read_text(encoding="utf-8"))["url"])

    try:
        yield wait_for_them
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class _Work:
    """What one worker does.

    :param show: whether to print all that is known of each run.
    """

    uri: str
    receivers: str
    folder: Path
    seed: int
    numbers: Sequence[int]
    show: bool


@contextmanager
def _workers() -> Iterator[_Workers]:
    workers = _Workers()
    try:
        yield workers
    finally:
        workers.stop()


class _Workers:
    """The worker processes."""

    def __init__(self) -> None:
        self._processes: dict[Pipe, BaseProcess] = {}

    def start(self, work: _Work) -> None:
        """Start one more."""
        ours, its = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_work, args=(work, its))
        process.start()
        its.close()
        self._processes[ours] = process

    def results(self) -> Iterator[tuple[int, Counter[str], tuple[str, ...]]]:
        """The runs of all, as they are done.

        :raises CampaignError: when a worker died.
        """
        left = dict(self._processes)
        while left:
            ready = set(wait(left))
            for pipe in [pipe for pipe in left if pipe in ready]:
                try:
                    said: Any = pipe.recv()
                except EOFError:
                    raise CampaignError("a worker of the campaign died; what it said is above") from None
                if said is None:
                    del left[pipe]
                else:
                    yield said

    def stop(self) -> None:
        """End those that still work."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.join()


def _work(work: _Work, results: Pipe) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Noted, not raised: raised between two steps of a fork it would be swallowed, and the worker would go on for ever.
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    # What the product logs of the faults is as intended.
    logging.disable()
    receivers = ReceiversClient(work.receivers)
    with world(work.uri, receivers, work.folder) as surroundings, connect(work.uri) as conn:
        journal = Journal(work.folder / "journal")
        for number in work.numbers:
            evidence = run_plan(surroundings, conn, journal, draw(work.seed, number))
            if work.show:
                pprint(draw(work.seed, number), stream=sys.stderr, width=120)
                pprint(evidence, stream=sys.stderr, width=120)
            verdict = judge(evidence)
            if stop:
                return
            results.send((number, verdict.counts, verdict.faults))
    results.send(None)
