"""Starts and stops the processes of the local stack: each in a session of its own, with a log and a record.

The session id finds a process's whole family, also children that moved to other process groups or
outlived their parent. The records (``.local/run/*.json``) let the next start stop what a kill -9 left.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from sms_monitoring.local.errors import LocalStackError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TETHER = Path(__file__).with_name("tether.py")
GRACE_SECONDS = 5.0
LOG_TAIL_LINES = 40


class ProcessDiedError(LocalStackError):
    """A process of the stack ended by itself; the message holds the end of its log."""


@dataclass(frozen=True)
class _Record:
    """Who a process was: a pid alone may by now be someone else."""

    pid: int
    create_time: float  # seconds since the epoch


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[bytes]
    record: _Record


class ProcessGroup:
    """The processes of one stack. Not thread-safe; start from the main thread, whose end ends them."""

    def __init__(self, *, run_dir: Path, log_dir: Path) -> None:
        self._run_dir = run_dir
        self._log_dir = log_dir
        self._running: dict[str, _Running] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start ``command``; its output goes to ``<log_dir>/<name>.log``.

        :raises ValueError: when a process of that name was started already.
        """
        if name in self._running:
            raise ValueError(f"process {name} was started already")
        self._log_dir.mkdir(parents=True, exist_ok=True)
        self._run_dir.mkdir(parents=True, exist_ok=True)
        with self.log_file(name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-S", str(TETHER), str(os.getpid()), *command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # It cannot vanish before it is waited for: at worst it is a zombie, which has a start time too.
        record = _Record(process.pid, psutil.Process(process.pid).create_time())
        self._running[name] = _Running(process, record)
        self._record_file(name).write_text(json.dumps(asdict(record)), encoding="utf-8")

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start ``command`` and wait for its end.

        :raises ProcessDiedError: when it fails, with the end of its log.
        """
        self.start(name, command, environment)
        while self._running[name].process.poll() is None:
            self.check(without=name)
            with suppress(subprocess.TimeoutExpired):
                self._running[name].process.wait(0.2)
        if self._running[name].process.returncode == 0:
            self._forget(name)
        self.check()

    def check(self, without: str | None = None) -> None:
        """See that every process, but for ``without``, still runs.

        :raises ProcessDiedError: naming the first that does not, with the end of its log.
        """
        for name, running in self._running.items():
            if name != without and (code := running.process.poll()) is not None:
                how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
                raise ProcessDiedError(f"{name} {how}; the end of {self.log_file(name)}:\n{self.log_tail(name)}")

    def log_file(self, name: str) -> Path:
        """Where the output of a process goes."""
        return self._log_dir / f"{name}.log"

    def log_tail(self, name: str, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines of a process's log, indented."""
        text = self.log_file(name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Stop everything that was started here: SIGTERM, and SIGKILL for what is left after ``grace`` seconds."""
        _stop_sessions([running.record for running in self._running.values()], grace)
        for name, running in list(self._running.items()):
            running.process.wait()
            self._forget(name)

    def kill(self, name: str) -> None:
        """End one process and its family with SIGKILL, as a crash of its machine would; it may be started again."""
        running = self._running[name]
        while members := _session_members(running.record):
            _send(members, signal.SIGKILL)
            psutil.wait_procs(members, timeout=0.1)
        running.process.wait()
        self._forget(name)

    def stop_leftovers(self, grace: float = GRACE_SECONDS) -> list[str]:
        """Stop what an earlier stack left behind when it was killed; returns the names of what still ran."""
        found: list[str] = []
        for file in sorted(self._run_dir.glob("*.json")):
            record = _read_record(file)
            if record and _session_members(record):
                found.append(file.stem)
                _stop_sessions([record], grace)
            file.unlink(missing_ok=True)
        return found

    def _forget(self, name: str) -> None:
        del self._running[name]
        self._record_file(name).unlink(missing_ok=True)

    def _record_file(self, name: str) -> Path:
        return self._run_dir / f"{name}.json"


def _read_record(file: Path) -> _Record | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return _Record(int(data["pid"]), float(data["create_time"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a kill -9 in the middle of writing it


def _session_members(leader: _Record) -> list[psutil.Process]:
    """The living processes of the session that ``leader`` began.

    While any member lives, the system gives the session's number to no new process. So a process of that
    number with another start time means that the session is gone.
    """
    with suppress(psutil.NoSuchProcess):
        if abs(psutil.Process(leader.pid).create_time() - leader.create_time) > 1:
            return []
    members = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, ProcessLookupError, PermissionError):
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and os.getsid(process.pid) == leader.pid and process.create_time() >= leader.create_time - 1:
                members.append(process)
    return members


def _stop_sessions(leaders: Iterable[_Record], grace: float) -> None:
    leaders = list(leaders)
    told: set[psutil.Process] = set()
    deadline = time.monotonic() + grace
    while families := {leader.pid: family for leader in leaders if (family := _session_members(leader))}:
        left = [member for family in families.values() for member in family]
        if time.monotonic() > deadline + grace + 1:
            raise LocalStackError(f"not even SIGKILL ends process {', '.join(str(member.pid) for member in left)}")
        if time.monotonic() > deadline:
            _send(left, signal.SIGKILL)
        else:
            for leader_pid, family in families.items():
                # The leader stops its family in good order; those who outlive it are told themselves.
                addressed = [member for member in family if member.pid == leader_pid] or family
                _send([member for member in addressed if member not in told], signal.SIGTERM)
                told.update(addressed)
        psutil.wait_procs(left, timeout=0.1)


def _send(processes: Iterable[psutil.Process], signal_number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.send_signal(signal_number)
