"""The dispatchers of a run: starts them, waits for them, ends them."""

from __future__ import annotations

import os
import signal
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaos.dispatcher import dispatch_once, fork_dispatcher
from chaos.fate import Fate

if TYPE_CHECKING:
    from pathlib import Path

    from chaos.fate import FatedConnection
    from chaos.journal import Journal
    from chaos.plan import Life, Weather
    from chaos.world import World


@dataclass(slots=True)
class Crew:
    """The dispatchers of one run.

    :param conn: for those that need no process of their own.
    :param lives: how many there have been.
    :param crashed: what those had printed that ended by themselves, but not well.
    """

    world: World
    conn: FatedConnection
    journal: Journal
    lives: int = 0
    crashed: list[str] = field(default_factory=list)
    _at_work: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._output.unlink(missing_ok=True)

    @property
    def _output(self) -> Path:
        return self.world.folder / "output"

    def dispatch_here(self, channel: str, name: str, weather: Weather) -> None:
        """Dispatch in this process: nobody is killed.

        :param name: the worker's in the outbox.
        """
        way = self.world.mine if weather.reachable else self.world.unreachable
        try:
            dispatch_once(self.world, self.conn, channel, name, self._fate(None), way)
        except Exception:
            self.crashed.append(traceback.format_exc())

    def start(self, channel: str, name: str, life: Life, weather: Weather) -> int:
        """Start a dispatcher in a process of its own; returns its id."""
        way = self.world.reachable if weather.reachable else self.world.unreachable
        process = fork_dispatcher(self.world, channel, name, self._fate(life), way, self._output)
        self._at_work.add(process)
        return process

    def wait_for_one(self) -> int:
        """Wait for the end of any; returns its process id."""
        process, status = os.waitpid(-1, 0)
        self._at_work.discard(process)
        if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
            printed = self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""
            self.crashed.append(printed or f"wait status {status}")
        return process

    def end(self) -> None:
        """End all that still work."""
        for process in self._at_work:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for process in self._at_work:
            with suppress(ChildProcessError):
                os.waitpid(process, 0)
        self._at_work.clear()

    def _fate(self, life: Life | None) -> Fate:
        self.lives += 1
        return Fate(self.lives, life.kill if life else None, self.journal)
