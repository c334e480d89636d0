"""What was told past the outbox: a small file, because the database may be what is gone."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sms_monitoring.files import replace_text

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

# Longer than a page takes in the slowest channel.
LOCK_SECONDS = 60.0

VARIABLE = "SMS_MONITORING_WATCHDOG_STATE"


@dataclass(slots=True, kw_only=True)
class Told:
    """What was told of one subject that is still in trouble.

    :param since: when it was first told, ISO 8601.
    :param channels: channel → when it was last told there, ISO 8601.
    :param parts: what was told to be broken.
    """

    since: str
    channels: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    def told_at(self, channel: str) -> datetime | None:
        """When ``channel`` was last told; None: never."""
        told = self.channels.get(channel)
        return datetime.fromisoformat(told) if told else None


def default_path() -> Path:
    """``SMS_MONITORING_WATCHDOG_STATE``, else a file in Airflow's home.

    Where a worker's disk does not outlive its task, name one that does: without it the same page is sent every time.
    """
    configured = os.environ.get(VARIABLE)
    if configured:
        return Path(configured)
    home = os.environ.get("AIRFLOW_HOME") or "~/airflow"
    return Path(home).expanduser() / "sms_monitoring" / "watchdog.json"


@dataclass(slots=True)
class Memory:
    """The file at ``path``: made as needed, replaced as a whole, and never in the way of a page.

    :param told: subject → what was told of it.
    :param patience: seconds to wait for who else has it open.
    :param is_lost: there was nothing to read, at some time: what was told before is not known.
    """

    path: Path
    patience: float = LOCK_SECONDS
    told: dict[str, Told] = field(default_factory=dict)
    is_lost: bool = False

    @contextmanager
    def open(self) -> Iterator[Memory]:
        """Read it, and write it on leaving; of two at once the second waits, for so long."""
        with self._lock():
            self._read()
            before = self._text()
            try:
                yield self
            finally:
                if self._text() != before or self.is_lost:
                    self._write()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            lock = os.open(self.path.with_suffix(".lock"), flags, 0o644)
        except OSError as error:
            log.warning("%s cannot be written (%s): the same page may be sent again", self.path, type(error).__name__)
            yield
            return
        try:
            if not _locked(lock, self.patience):
                log.warning("%s is in use: the same page may be sent again", self.path)
            yield
        finally:
            os.close(lock)

    def _read(self) -> None:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            self.told = {subject: Told(**told) for subject, told in stored.items()}
            for told in self.told.values():
                _check(told)
        except FileNotFoundError:
            self.told, self.is_lost = {}, True
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            log.warning("%s cannot be read (%s): it is begun anew", self.path, type(error).__name__)
            self.told, self.is_lost = {}, True

    def _text(self) -> str:
        return json.dumps({subject: asdict(told) for subject, told in self.told.items()}, indent=1)

    def _write(self) -> None:
        try:
            replace_text(self.path, self._text())
        except OSError as error:
            log.warning("%s cannot be written (%s): the same page may be sent again", self.path, type(error).__name__)


def _locked(lock: int, patience: float) -> bool:
    """Wait for it, but not for ever: a page is worth more than that it is the only one."""
    give_up = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                return False
            time.sleep(0.05)
        else:
            return True


def _check(told: Told) -> None:
    """:raises ValueError, TypeError, AttributeError, OverflowError: when it held something else, or no zoned time."""
    moments = [datetime.fromisoformat(told.since), *map(told.told_at, told.channels.keys())]
    for moment in moments:
        if moment is None or moment.tzinfo is None:
            raise ValueError("a time without a zone")
        moment.astimezone(UTC)  # times at the ends of the calendar have none
    frozenset(told.parts)
