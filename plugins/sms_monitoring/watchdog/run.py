"""One pass of the watchdog: evaluate its alert types, say what is to be said, deliver it, and page past the outbox
whatever could not be seen or said.

Needs no Airflow at work: a database to connect to, and the channels' connections (``AIRFLOW_CONN_…`` will do). Killed
at any point, the next pass goes on from what the database holds; two at once wait for each other where they must.
"""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.alerts.evaluate import Evaluator, Outcome
from sms_monitoring.alerts.followup import FollowUp
from sms_monitoring.alerts.model import State
from sms_monitoring.notify.dispatch import dispatch
from sms_monitoring.notify.message import Link
from sms_monitoring.notify.outbox import channels_due
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from sms_monitoring.watchdog.memory import Memory, default_path
from sms_monitoring.watchdog.pages import Page, Pager
from sms_monitoring.watchdog.trouble import Subject, Trouble, checks_are_blind, database_is_gone, nobody_hears
from sms_monitoring.watchdog.types import ABOUT_CHANNELS, WATCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.db import Connection

    Connect = Callable[[], AbstractContextManager[Connection]]

log = logging.getLogger(__name__)

# A server that does not answer is a server that is gone.
CONNECT_SECONDS = 10
STATEMENT_TIMEOUT = "60s"
# The gravest messages go first: a slow channel holds back only those behind it.
FIRST_CHANNELS = ("pagerduty", "sms", "slack")


@dataclass(slots=True, kw_only=True)
class WatchReport:
    """What one pass found and did.

    :param outcomes: alert type → what its evaluation did for each entity; without those that could not be run.
    :param sent: channel → how many notifications were delivered.
    :param troubles: what was to be told past the outbox.
    :param pages: what came of that, and of telling that older trouble is over.
    """

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def untold(self) -> list[str]:
        """The subjects in trouble of which nobody could be told."""
        return [page.subject for page in self.pages if page.channel is None]

    def as_dict(self) -> dict[str, Any]:
        """The gist, as JSON: what is not well."""
        return {
            "firing": [
                f"{alert_type} {outcome.entity}"
                for alert_type, outcomes in self.outcomes.items()
                for outcome in outcomes
                if outcome.state == "firing"
            ],
            "sent": self.sent,
            "troubles": [f"{trouble.title}: {', '.join(sorted(trouble.parts))}" for trouble in self.troubles],
            "untold": self.untold,
        }


def watch(
    connect: Connect,
    clock: Callable[[], datetime] | None = None,
    *,
    watches: Sequence[AlertType] = WATCHES,
    before: Callable[[Connection], None] | None = None,
    links: tuple[Link, ...] = (),
    memory: Path | None = None,
    worker: str = "watchdog",
) -> WatchReport:
    """Make one pass. Whatever is broken is told or reported, and not raised.

    :param connect: opens a connection as :func:`sms_monitoring.db.connect` does.
    :param clock: the time now, with a zone; asked anew for each alert type.
    :param links: to the dashboard and the run, where Airflow's address is known.
    :param before: writes what is known from elsewhere (of the DAGs) before anything is evaluated.
    :param memory: where it is kept what was told past the outbox; see :func:`.memory.default_path`.
    :param worker: who claims outbox rows: the same for every try of one task, and for nobody else.
    """
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(CONNECT_SECONDS))
    one = _Pass(
        connect=connect,
        clock=clock or (lambda: datetime.now(UTC)),
        watches=watches,
        before=before,
        links=links,
        memory=Memory(memory or default_path()),
        worker=worker,
    )
    one.run()
    return one.report


def page_directly(trouble: Trouble, *, links: tuple[Link, ...] = (), memory: Path | None = None) -> Page:
    """Page for one trouble, past the outbox: for who cannot make a pass at all."""
    with Memory(memory or default_path()).open() as opened:
        return Pager(memory=opened, now=datetime.now(UTC), links=links).tell(trouble)


class _DatabaseGoneError(Exception):
    """No connection could be opened; its cause says why."""


@dataclass(slots=True, kw_only=True)
class _Pass:
    connect: Connect
    clock: Callable[[], datetime]
    watches: Sequence[AlertType]
    before: Callable[[Connection], None] | None
    links: tuple[Link, ...]
    memory: Memory
    worker: str
    report: WatchReport = field(default_factory=WatchReport)
    opened: ExitStack = field(default_factory=ExitStack)
    conn: Connection | None = None

    def run(self) -> None:
        try:
            if self.before is not None:
                self._try(self.before)
            self._settle(self._evaluate(), Subject.EVALUATION, checks_are_blind)
            failed = self._deliver()
            unheard: dict[str, str] = {}
            if error := self._try(lambda conn: unheard.update(self._unheard(conn))):
                failed["outbox"] = error
            self._settle(failed or unheard, Subject.DELIVERY, lambda _: nobody_hears(failed, unheard))
        except _DatabaseGoneError as error:
            self._page(database_is_gone(error.__cause__ or error))
        else:
            self._clear(Subject.DATABASE)
        finally:
            self._close()

    def _evaluate(self) -> dict[str, BaseException]:
        """Evaluate every alert type; returns those that could not be, and why."""
        failed = self._evaluate_these(self.watches)
        # A lock that was held or a connection that was cut is no reason to wake somebody; broken SQL breaks again.
        return self._evaluate_these([alert for alert in self.watches if alert.name in failed]) if failed else {}

    def _evaluate_these(self, watches: Iterable[AlertType]) -> dict[str, BaseException]:
        failed: dict[str, BaseException] = {}
        for alert in watches:
            if error := self._try(partial(self._evaluate_one, alert)):
                log.warning("%s cannot be evaluated", alert.name, exc_info=error)
                failed[alert.name] = error
        return failed

    def _evaluate_one(self, alert: AlertType, conn: Connection) -> None:
        now = self.clock()
        hour = floor_hour(now)
        window = Window(hour - HOUR, hour)
        outcomes = Evaluator(conn=conn, alert=alert, window=window, now=now, links=self.links).run()
        self.report.outcomes[alert.name] = outcomes
        for outcome in outcomes:
            log.log(logging.DEBUG if outcome.state is State.OK else logging.INFO, "%s %s", alert.name, outcome)

    def _deliver(self) -> dict[str, BaseException]:
        """Say what is due and deliver it; returns what broke: a step, or a channel."""
        failed: dict[str, BaseException] = {}
        # Repeats, and what a cooldown held back: the DAG that sees to it may be what stands still.
        if error := self._try(self._follow_up):
            failed["follow-up"] = error
        if error := self._try(self._tell_fallbacks):
            failed["fallback channels"] = error
        # Twice: that a channel fails is put into the outbox by the dispatch itself.
        for _ in range(2):
            failed |= self._dispatch_due()
        return failed

    def _tell_fallbacks(self, conn: Connection) -> None:
        db.execute(conn, "watchdog/tell_fallbacks.sql", {"alert_types": list(ABOUT_CHANNELS)})

    def _follow_up(self, conn: Connection) -> None:
        from sms_monitoring.operators import alert_types

        alerts = {alert.name: alert for alert in alert_types()}
        FollowUp(conn=conn, now=self.clock(), alerts=alerts, links=self.links).run()

    def _dispatch_due(self) -> dict[str, BaseException]:
        due: list[str] = []
        if error := self._try(lambda conn: due.extend(channels_due(conn))):
            return {"outbox": error}
        failed: dict[str, BaseException] = {}
        rank = {name: number for number, name in enumerate(FIRST_CHANNELS)}
        for channel in sorted(due, key=lambda name: (rank.get(name, len(rank)), name)):
            if error := self._try(partial(self._dispatch_one, channel)):
                failed[channel] = error
        return failed

    def _dispatch_one(self, channel: str, conn: Connection) -> None:
        report = dispatch(conn, channel, self.worker)
        self.report.sent[channel] = self.report.sent.get(channel, 0) + report.sent
        log.info("%s: %s", channel, report)

    def _unheard(self, conn: Connection) -> dict[str, str]:
        rows = db.fetch_all(conn, "watchdog/unheard.sql", {"alert_types": [alert.name for alert in self.watches]})
        return {f"{row['alert_type']} {row['entity']}": row["message"] for row in rows}

    def _try(self, work: Callable[[Connection], Any]) -> BaseException | None:
        """Do it; returns what it met with. After a failure the next one gets a connection of its own.

        :raises _DatabaseGoneError: when there is no connection to be had.
        """
        if self.conn is None:
            try:
                self.conn = self.opened.enter_context(self.connect())
                self.conn.execute("SELECT set_config('statement_timeout', %s, false)", (STATEMENT_TIMEOUT,))
            except Exception as error:
                self._close()
                raise _DatabaseGoneError from error
        try:
            work(self.conn)
        except Exception as error:
            self._close()
            return error
        return None

    def _close(self) -> None:
        self.conn = None
        # Of a connection that is broken anyway nobody needs to hear.
        with suppress(Exception):
            self.opened.close()

    def _settle(self, failed: dict[str, Any], subject: Subject, trouble: Callable[[dict[str, Any]], Trouble]) -> None:
        if failed:
            self._page(trouble(failed))
        else:
            self._clear(subject)

    def _page(self, trouble: Trouble) -> None:
        self.report.troubles.append(trouble)
        with self.memory.open() as memory:
            self.report.pages.append(Pager(memory=memory, now=self.clock(), links=self.links).tell(trouble))

    def _clear(self, subject: Subject) -> None:
        with self.memory.open() as memory:
            self.report.pages += Pager(memory=memory, now=self.clock(), links=self.links).clear([subject])
