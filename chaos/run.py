"""Carries out one plan: writes the rows, lets the dispatchers work and die, mends everything, collects the evidence."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from psycopg.rows import dict_row

from chaos.crew import Crew
from chaos.evidence import Evidence, Opened, OutboxRow, Request
from chaos.journal import Journal
from chaos.plan import FINE
from chaos.rows import write_rows
from chaos.tokens import tokens_in
from chaos.world import chaos_sql
from sms_monitoring.notify import outbox
from sms_monitoring.notify.retry import MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from chaos.fate import FatedConnection
    from chaos.plan import Life, Plan, Weather
    from chaos.world import World

# A dispatch settles or tries at least one row; whatever still waits after so many is stuck.
MOST_RECOVERIES = 3 * MAX_ATTEMPTS
_POLL_SECONDS = 0.002


def run_plan(world: World, conn: FatedConnection, journal: Journal, plan: Plan) -> Evidence:
    """Everything that ``plan`` says, then recovery until nothing waits. Nothing is left of the run before.

    :param conn: to the world's database, in autocommit mode.
    """
    world.receivers.recover()
    world.receivers.clear()
    journal.clear()
    conn.execute(chaos_sql("forget"))
    run = _Run(plan, world, conn, Crew(world, conn, journal))
    try:
        run.carry_out()
    finally:
        run.crew.end()
    return run.evidence()


@dataclass(slots=True)
class _Run:
    """One run under way.

    :param written: id of a row → its place in the plan.
    """

    plan: Plan
    world: World
    conn: FatedConnection
    crew: Crew
    written: dict[int, int] = field(default_factory=dict)

    def carry_out(self) -> None:
        """All rounds, then recovery."""
        for number in range(len(self.plan.rounds)):
            self._round(number)
            self._time_passes()
        self._recover()

    def evidence(self) -> Evidence:
        """What is to be seen of it now."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(chaos_sql("outbox")).fetchall()
        came = self.world.receivers.received(self.plan.channel)
        return Evidence(
            rows=tuple(OutboxRow(number=self.written.get(row["id"]), **row) for row in rows),
            requests=tuple(_request(record, self.plan.number) for record in came),
            journal=tuple(self.crew.journal.entries()),
            opened=tuple(_opened(self.world.receivers.incidents(), self.plan.number)),
            crashed=tuple(self.crew.crashed),
            known_failing=frozenset(row[0] for row in self.conn.execute(chaos_sql("known_failing"))),
            dispatches=self.crew.lives,
        )

    def _round(self, number: int) -> None:
        now = self.plan.rounds[number]
        if not now.late:
            self._write(number)
        self._set_weather(now.weather)
        if len(now.dispatchers) == 1:
            self._one_after_the_other(number)
        else:
            self._at_once(number)
        self.world.receivers.recover()

    def _one_after_the_other(self, number: int) -> None:
        now = self.plan.rounds[number]
        for place, (name, life) in enumerate(_named(f"round-{number}", now.dispatchers[0])):
            if life.kill is None:
                self.crew.dispatch_here(self.plan.channel, name, now.weather)
            else:
                self.crew.start(self.plan.channel, name, life, now.weather)
                self.crew.wait_for_one()
            if now.late and place == 0:
                self._write(number)

    def _at_once(self, number: int) -> None:
        channel, now = self.plan.channel, self.plan.rounds[number]
        to_come = [_named(f"round-{number}-{place}", lives) for place, lives in enumerate(now.dispatchers)]
        at_work = {self.crew.start(channel, *next(lives), now.weather): lives for lives in to_come}
        if now.late:
            self._write(number)
        while at_work:
            lives = at_work.pop(self.crew.wait_for_one())
            for name, life in islice(lives, 1):
                at_work[self.crew.start(channel, name, life, now.weather)] = lives

    def _recover(self) -> None:
        """Let dispatchers work, one at a time, until nothing waits or it is plain that it will not end."""
        self._set_weather(self.plan.lasting)
        for number in range(MOST_RECOVERIES):
            due = outbox.channels_due(self.conn)
            if not due:
                break
            for channel in due:
                weather = self.plan.lasting if channel == self.plan.channel else FINE
                self.crew.dispatch_here(channel, f"recovery-{number}", weather)
            self._time_passes()
        self.world.receivers.recover()

    def _write(self, number: int) -> None:
        self.written |= write_rows(self.conn, self.plan, number)

    def _set_weather(self, weather: Weather) -> None:
        if weather.fault is not None:
            self.world.receivers.fail(self.plan.channel, **weather.fault)

    def _time_passes(self) -> None:
        # The server may still be at a statement of a process that was killed.
        while self.conn.execute(chaos_sql("others_at_work")).fetchone() != (0,):
            time.sleep(_POLL_SECONDS)
        self.conn.execute(chaos_sql("time_passes"))


def _named(name: str, lives: tuple[Life, ...]) -> Iterator[tuple[str, Life]]:
    """Each life with the name that it has in the outbox."""
    for life in lives:
        if not life.same_name:
            name += "+"
        yield name, life


def _request(record: dict[str, Any], run: int) -> Request:
    rows = {(token.row, token.send) for token in tokens_in(record["content"]) if token.run == run}
    return Request(rows=frozenset(rows), accepted=record["accepted"], status=record["status"])


def _opened(incidents: list[dict[str, Any]], run: int) -> Iterator[Opened]:
    """By the rows in their words: whether a key is the right one is what is asked."""
    for incident in incidents:
        for token in tokens_in({"summary": incident["summary"]}):
            if token.run == run:
                yield Opened(row=token.row, status=incident["status"])
