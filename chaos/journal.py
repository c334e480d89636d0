"""What the dispatchers did, written down by themselves as they do it: a killed process leaves its lines behind."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    :param life: number of the dispatch, from 1 in each run.
    :param what: ``send``, ``answer``, ``marked`` or ``kill``.
    :param at: seconds of the monotonic clock, the same for all processes.
    """

    life: int
    what: str
    at: float
    facts: dict[str, Any]


class Journal:
    """A file that several processes append to, each line in one write."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, life: int, what: str, **facts: Any) -> None:
        """Add a line, with the time."""
        entry = {"life": life, "what": what, "at": time.monotonic(), "facts": facts}
        os.write(self._file, json.dumps(entry).encode() + b"\n")

    def entries(self) -> list[Entry]:
        """All lines, in the order of their times."""
        written = os.pread(self._file, os.fstat(self._file).st_size, 0)
        return sorted((Entry(**json.loads(line)) for line in written.splitlines()), key=lambda entry: entry.at)

    def clear(self) -> None:
        """Forget everything; for when nobody writes."""
        os.ftruncate(self._file, 0)
