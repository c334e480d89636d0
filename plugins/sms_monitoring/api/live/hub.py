"""Tells all listeners of one process what changed: one reader for all, while anybody listens."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg_pool import PoolTimeout

from sms_monitoring.api.errors import ApiError
from sms_monitoring.api.live import wire
from sms_monitoring.api.live.changes import Event, Follower, catch_up, resync
from sms_monitoring.api.live.shutdown import is_stopping

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sms_monitoring.api.live.changes import Reading
    from sms_monitoring.api.live.position import Position

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
KEEP_ALIVE_SECONDS = 15.0
# Then a client connects anew, and shows anew that it is logged in and may read.
LIFETIME_SECONDS = 600.0
SHUTDOWN_CHECK_SECONDS = 0.25
MAX_LISTENERS = 200
MAX_LISTENERS_OF_ONE_USER = 10
# Who lags behind by so many messages is sent away, and hears of the rest when it is back.
MAX_WAITING = 100

AWAY = Event("problem", {"database": "away", "message": "The metrics database does not answer now."})
BACK = Event("problem", {"database": "back", "message": "The metrics database answers again."})


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream.

    :param since: where it stopped before; None: it is new, or was told all that happened since.
    :param joined: whether it was told where it stands, so that from here on it hears what all hear.
    """

    user: str
    since: Position | None
    is_lost: bool = False
    joined: bool = False
    # None ends the stream.
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING + 1))


class Hub:
    """The listeners of one process, and the one that reads for them.

    All of it runs in the event loop; only ``read`` runs in a thread.

    :param read: the database now, and what changed since a transaction.
    """

    def __init__(self, read: Callable[[int | None], Reading]) -> None:
        self._read = read
        self._listeners: set[Listener] = set()
        self._follower = Follower()
        self._reader: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_away = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def admit(self, user: str) -> None:
        """Whether one more may listen.

        :raises ApiError: 429 when this user has too many streams, 503 when all together have, or the server stops.
        """
        if is_stopping():
            raise ApiError(503, "The API server is about to stop.", headers={"Retry-After": "5"})
        if len(self._listeners) >= MAX_LISTENERS:
            message = f"{MAX_LISTENERS} streams are open here, as many as there may be. Try again in a minute."
            raise ApiError(503, message, headers={"Retry-After": "60"})
        if Counter(each.user for each in self._listeners)[user] >= MAX_LISTENERS_OF_ONE_USER:
            message = f"You have {MAX_LISTENERS_OF_ONE_USER} streams open, as many as one user may. Close one."
            raise ApiError(429, message, headers={"Retry-After": "60"})

    async def listen(self, user: str, since: Position | None, *, is_lost: bool = False) -> AsyncIterator[bytes]:
        """What one listener hears, until its time is up.

        :param since: where it stopped before.
        :param is_lost: whether it stopped at a place that nobody knows.
        """
        try:
            self.admit(user)
        except ApiError:
            # Others came in between: it may try again.
            return
        listener = Listener(user, since, is_lost)
        self._listeners.add(listener)
        try:
            self._start()
            yield wire.opening()
            if self._is_away:
                yield wire.events([AWAY], None)
            # Not all at once, or they would all come back at once.
            ends_at = _now() + LIFETIME_SECONDS * random.uniform(0.8, 1)  # noqa: S311
            while (rest := ends_at - _now()) > 0:
                try:
                    message = await asyncio.wait_for(listener.queue.get(), min(rest, KEEP_ALIVE_SECONDS))
                except TimeoutError:
                    if not listener.queue.empty():
                        continue
                    last = self._follower.last
                    message = wire.keep_alive(last.position if last and listener.joined else None)
                if message is None:
                    return
                yield message
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._wake.set()

    # ── The reader ───────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        if not _runs(self._reader):
            self._wake, self._follower, self._is_away = asyncio.Event(), Follower(), False
            self._reader = asyncio.create_task(self._run())
        if not _runs(self._watcher):
            self._watcher = asyncio.create_task(self._watch_for_shutdown())
        self._wake.set()

    async def _run(self) -> None:
        while self._listeners:
            self._wake.clear()
            try:
                await self._poll()
            except (psycopg.Error, PoolTimeout) as error:
                self._database_is_away(error)
            except Exception:
                # Whatever it is, the streams end, and who comes back finds a reader that begins anew.
                log.exception("the live stream's reader broke off")
                self._end_all()
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _poll(self) -> None:
        joining = [each for each in self._listeners if not each.joined]
        wanted = [each.since.oldest for each in joining if each.since]
        since = self._follower.since()
        # Asyncio's threads, not those that requests wait for.
        reading = await asyncio.to_thread(self._read, min(wanted if since is None else [since, *wanted], default=None))
        if self._is_away:
            log.warning("the live stream: the metrics database answers again")
            self._is_away = False
            self._tell_all([BACK])
        events = self._follower.see(reading)
        if events:
            self._tell_all(events, reading.position)
        for listener in joining:
            missed = [resync()] if listener.is_lost else catch_up(listener.since, reading) if listener.since else []
            listener.joined = True
            self._tell(listener, wire.events(missed, reading.position))

    def _database_is_away(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("the live stream: the metrics database: %s", error)
            self._is_away = True
            self._tell_all([AWAY])

    def _tell_all(self, events: list[Event], position: Position | None = None) -> None:
        message = wire.events(events, position)
        for listener in list(self._listeners):
            # Who has still to be told where it stands is told of all that changed up to then.
            if listener.joined or position is None:
                self._tell(listener, message)

    def _tell(self, listener: Listener, message: bytes) -> None:
        if listener.queue.qsize() < MAX_WAITING:
            listener.queue.put_nowait(message)
        else:
            self._end(listener)

    def _end(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        listener.queue.put_nowait(None)

    def _end_all(self) -> None:
        for listener in list(self._listeners):
            self._end(listener)

    async def _watch_for_shutdown(self) -> None:
        while self._listeners:
            if is_stopping():
                self._end_all()
                self._wake.set()
                return
            await asyncio.sleep(SHUTDOWN_CHECK_SECONDS)


def _runs(task: asyncio.Task[None] | None) -> bool:
    return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()


def _now() -> float:
    return asyncio.get_running_loop().time()
