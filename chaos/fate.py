"""kill -9 at a chosen step of a dispatch: the connection and the channel that it happens in."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import TupleRow

from chaos.plan import LONGEST_STALL, Kill, Moment, Step
from chaos.tokens import row_of, tokens_in, with_send
from sms_monitoring.sqlfiles import list_sql, read_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaos.journal import Journal
    from sms_monitoring.local.receivers import ReceiversClient
    from sms_monitoring.notify.channels.base import Channel, Result
    from sms_monitoring.notify.message import Message

# Of the files in include/sql/outbox.
CLAIMING = "claim"
MARKING = ("mark_", "release")
SETTLING = "mark_sent"
_POLL_SECONDS = 0.005


class Fate:
    """When this process dies, and what it writes down until then.

    :param life: the number of the dispatch in its run.
    :param kill: None: it lives to its end.
    """

    def __init__(self, life: int, kill: Kill | None, journal: Journal) -> None:
        self.life = life
        self.journal = journal
        self._kill = kill
        self._seen: dict[Step, int] = {}

    def enter(self, step: Step) -> Moment | None:
        """A step begins. Kills before it, if it is this one; else says in which later moment of it to kill."""
        nth = self._seen.get(step, 0)
        self._seen[step] = nth + 1
        kill = self._kill
        if kill is None or (kill.step, kill.nth) != (step, nth):
            return None
        if kill.moment is Moment.BEFORE:
            self.die()
        return kill.moment

    def die(self) -> None:
        """Write it down, and kill this process."""
        assert self._kill is not None  # noqa: S101 - enter() says when
        self.journal.write(self.life, "kill", step=self._kill.step, moment=self._kill.moment)
        os.kill(os.getpid(), signal.SIGKILL)
        signal.pause()


class FatedCursor(psycopg.Cursor[Any]):
    """Tells its connection which file's statement it is about to execute."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> FatedCursor:
        """As the base class."""
        conn = self.connection
        if not isinstance(conn, FatedConnection):
            raise TypeError("a fated cursor belongs to a fated connection")
        with_name = conn.statement(_outbox_files().get(query, ""), params)
        try:
            super().execute(query, params, **options)
        finally:
            with_name.clear()
        conn.note_settled()
        return self


class FatedConnection(psycopg.Connection[TupleRow]):
    """A real connection that kills its process at one of its exchanges with the server."""

    fate: Fate | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = FatedCursor
        self._statement: dict[str, Any] = {}
        self._settled: list[int] = []

    def statement(self, name: str, params: Any) -> dict[str, Any]:
        """Name the statement that is executed until the returned dict is cleared."""
        self._statement.update(name=name, params=params)
        if name == SETTLING:
            self._settled += _ids(params)
        return self._statement

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """As the base class: every exchange with the server, BEGIN and COMMIT too, comes through here."""
        if self.fate is None:
            return super().wait(gen, *args, **kwargs)
        moment = self.fate.enter(_step(self._statement.get("name", "")))
        if moment is Moment.UNDER_WAY:
            # Up to here the query is sent; the answer would be waited for next.
            next(gen, None)
            self.fate.die()
        result = super().wait(gen, *args, **kwargs)
        if moment is Moment.AFTER:
            self.note_settled()
            self.fate.die()
        return result

    def note_settled(self) -> None:
        """Write down which rows were marked as delivered, as soon as that is committed."""
        if self._settled and self.fate and self.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
            self.fate.journal.write(self.fate.life, "marked", ids=self._settled)
            self._settled = []


class FatedChannel:
    """The real channel; numbers what it sends, writes down the answers, and kills its process around a send.

    :param name: the channel's.
    """

    def __init__(self, name: str, channel: Channel, fate: Fate, receivers: ReceiversClient) -> None:
        self._name = name
        self._channel = channel
        self._fate = fate
        self._receivers = receivers
        self._sends = 1  # 0 stands in the stored message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, messages: Sequence[Message]) -> Result:
        """As the channel's."""
        # No two of one run are the same.
        number = self._fate.life * 1000 + self._sends
        self._sends += 1
        moment = self._fate.enter(Step.SEND)
        numbered = [replace(message, title=with_send(message.title, number)) for message in messages]
        rows = [row for message in messages if (row := row_of(message.title)) is not None]
        if moment in (Moment.UNDER_WAY, Moment.ACCEPTED):
            kind = "hang" if moment is Moment.ACCEPTED else "stall"
            self._receivers.fail(self._name, times=1, **{kind: LONGEST_STALL})
            threading.Thread(target=self._die_once_it_came, args=(number,), daemon=True).start()
        self._fate.journal.write(self._fate.life, "send", send=number, rows=rows)
        answer = "raised"
        try:
            result = self._channel.send(numbered)
            answer = type(result).__name__
        finally:
            self._fate.journal.write(self._fate.life, "answer", send=number, answer=answer)
        if moment is Moment.AFTER:
            self._fate.die()
        return result

    def _die_once_it_came(self, number: int) -> None:
        while True:
            came = self._receivers.received(self._name)
            if any(token.send == number for record in came for token in tokens_in(record["content"])):
                self._fate.die()
            time.sleep(_POLL_SECONDS)


@cache
def _outbox_files() -> dict[bytes, str]:
    """The text of each statement of the outbox → the name of its file."""
    return {read_sql(name).encode(): name.removeprefix("outbox/").removesuffix(".sql") for name in list_sql("outbox")}


def _step(statement: str) -> Step:
    if statement == CLAIMING:
        return Step.CLAIM
    return Step.MARK if statement.startswith(MARKING) else Step.OTHER


def _ids(params: dict[str, Any]) -> list[int]:
    found = params.get("ids", params.get("id"))
    return list(found) if isinstance(found, (list, tuple)) else [] if found is None else [found]
