"""One pass of the watchdog: evaluate its alert types, say what is to be said, deliver it, and page past the outbox
whatever could not be seen or said.

Needs no Airflow at work: a database to connect to, and the channels' connections (``AIRFLOW_CONN_…`` will do). Killed
at any point, the next pass goes on from what the database holds; two at once wait for each other where they must.
"""

from __future__ import annotations

import logging
import os
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
from sms_monitoring.watchdog.session import (
    BUDGET,
    CONNECT_SECONDS,
    DatabaseGoneError,
    KeptWaitingError,
    OutOfTimeError,
    Session,
)
from sms_monitoring.watchdog.trouble import (
    Subject,
    Trouble,
    checks_are_blind,
    database_is_gone,
    database_keeps_waiting,
    nobody_hears,
    reason_of,
    time_is_up,
)
from sms_monitoring.watchdog.types import ABOUT_CHANNELS, WATCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.db import Connection
    from sms_monitoring.watchdog.session import Connect

log = logging.getLogger(__name__)

# The gravest messages go first: a slow channel holds back only those behind it.
FIRST_CHANNELS = ("pagerduty", "sms", "slack")


@dataclass(slots=True, kw_only=True)
class WatchReport:
    """What one pass found and did.

    :param outcomes: alert type → what its evaluation did for each entity; without those that could not be run.
    :param sent: channel → how many notifications were delivered.
    :param troubles: what was to be told past the outbox.
    :param pages: what came of that, and of telling that older trouble is over.
    :param not_asked: why ``before`` could not be done, so that its alert types judge what was known before.
    """

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    not_asked: str | None = None

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
            **({"airflow was not asked": self.not_asked} if self.not_asked else {}),
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
    budget: timedelta = BUDGET,
) -> WatchReport:
    """Make one pass. Whatever is broken is told or reported, and not raised.

    :param connect: opens a connection as :func:`sms_monitoring.db.connect` does.
    :param clock: the time now, with a zone; asked anew for each alert type.
    :param links: to the dashboard and the run, where Airflow's address is known.
    :param before: writes what is known from elsewhere (of the DAGs) before anything is evaluated.
    :param memory: where it is kept what was told past the outbox; see :func:`.memory.default_path`.
    :param worker: who claims outbox rows: the same for every try of one task, and for nobody else.
    :param budget: how long it may take; then it stops where it is and pages.
    """
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(CONNECT_SECONDS))
    one = _Pass(
        session=Session(connect=connect, budget=budget),
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


@dataclass(slots=True, kw_only=True)
class _Pass:
    session: Session
    clock: Callable[[], datetime]
    watches: Sequence[AlertType]
    before: Callable[[Connection], None] | None
    links: tuple[Link, ...]
    memory: Memory
    worker: str
    report: WatchReport = field(default_factory=WatchReport)
    stage: Subject = Subject.EVALUATION
    is_first: bool = False

    def run(self) -> None:
        try:
            with self.session:
                self.session.attempt("earlier passes", self._look_back)
                self._ask()
                self._settle(self._evaluate(), Subject.EVALUATION, checks_are_blind)
                self.stage = Subject.DELIVERY
                failed = self._deliver()
                unheard: dict[str, str] = {}
                if error := self.session.attempt_again("outbox", lambda conn: unheard.update(self._unheard(conn))):
                    failed["outbox"] = error
                self._settle(failed or unheard, Subject.DELIVERY, lambda _: nobody_hears(failed, unheard))
        except DatabaseGoneError as error:
            self._page(database_is_gone(error.__cause__ or error))
        except KeptWaitingError as error:
            self._page(database_keeps_waiting(error.waits))
        except OutOfTimeError as error:
            self._page(time_is_up(self.stage, error.step, error.__cause__))
        else:
            self._clear(Subject.DATABASE)

    def _look_back(self, conn: Connection) -> None:
        row = db.fetch_one(conn, "watchdog/has_looked_before.sql", {"alert_types": [one.name for one in self.watches]})
        self.is_first = row is not None and not row["before"]

    def _ask(self) -> None:
        if self.before is not None and (error := self.session.attempt("DAGs", self.before)):
            self.report.not_asked = reason_of(error)
            log.warning("what is known from elsewhere could not be noted: %s", self.report.not_asked)

    def _evaluate(self) -> dict[str, BaseException]:
        """Evaluate every alert type; returns those that could not be, and why."""
        failed = self._evaluate_these(self.watches)
        # A lock that was held or a connection that was cut is no reason to wake somebody; broken SQL breaks again.
        return self._evaluate_these([alert for alert in self.watches if alert.name in failed]) if failed else {}

    def _evaluate_these(self, watches: Iterable[AlertType]) -> dict[str, BaseException]:
        failed: dict[str, BaseException] = {}
        for alert in watches:
            if error := self.session.attempt(alert.name, partial(self._evaluate_one, alert)):
                # Its own words may hold what a message says and whom it is for.
                log.warning("%s cannot be evaluated: %s", alert.name, reason_of(error))
                failed[alert.name] = error
        return failed

    def _evaluate_one(self, alert: AlertType, conn: Connection) -> None:
        now = self._now(conn)
        hour = floor_hour(now)
        window = Window(hour - HOUR, hour)
        outcomes = Evaluator(conn=conn, alert=alert, window=window, now=now, links=self.links).run()
        self.report.outcomes[alert.name] = outcomes
        for outcome in outcomes:
            log.log(logging.DEBUG if outcome.state is State.OK else logging.INFO, "%s %s", alert.name, outcome)

    def _now(self, conn: Connection) -> datetime:
        """The worker's time; the database's of the same moment is kept in its session, for whom it may concern.

        The statement waits for no lock, and what time its way took is no difference of the clocks.
        """
        earliest = self.clock()
        asked = "SELECT set_config('sms_monitoring.asked_at', clock_timestamp()::text, false)::timestamptz"
        row = conn.execute(asked).fetchone()
        latest = self.clock()
        return min(max(row[0].astimezone(UTC), earliest), latest) if row else latest

    def _deliver(self) -> dict[str, BaseException]:
        """Say what is due and deliver it; returns what broke: a step, or a channel."""
        failed: dict[str, BaseException] = {}
        # Repeats, and what a cooldown held back: the DAG that sees to it may be what stands still.
        if error := self.session.attempt_again("follow-up", self._follow_up):
            failed["follow-up"] = error
        if error := self.session.attempt_again("fallback channels", self._tell_fallbacks):
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
        if error := self.session.attempt_again("outbox", lambda conn: due.extend(channels_due(conn))):
            return {"outbox": error}
        failed: dict[str, BaseException] = {}
        rank = {name: number for number, name in enumerate(FIRST_CHANNELS)}
        for channel in sorted(due, key=lambda name: (rank.get(name, len(rank)), name)):
            if error := self.session.attempt_again(channel, partial(self._dispatch_one, channel)):
                failed[channel] = error
        return failed

    def _dispatch_one(self, channel: str, conn: Connection) -> None:
        report = dispatch(conn, channel, self.worker)
        self.report.sent[channel] = self.report.sent.get(channel, 0) + report.sent
        log.info("%s: %s", channel, report)

    def _unheard(self, conn: Connection) -> dict[str, str]:
        rows = db.fetch_all(conn, "watchdog/unheard.sql", {"alert_types": [alert.name for alert in self.watches]})
        return {f"{row['alert_type']} {row['entity']}": row["message"] for row in rows}

    def _settle(self, failed: dict[str, Any], subject: Subject, trouble: Callable[[dict[str, Any]], Trouble]) -> None:
        if failed:
            self._page(trouble(failed))
        else:
            self._clear(subject)

    def _page(self, trouble: Trouble) -> None:
        self.report.troubles.append(trouble)
        with self.memory.open() as memory:
            self.report.pages.append(self._pager(memory).tell(trouble))

    def _clear(self, subject: Subject) -> None:
        with self.memory.open() as memory:
            self.report.pages += self._pager(memory).clear([subject])

    def _pager(self, memory: Memory) -> Pager:
        return Pager(memory=memory, now=self.clock(), links=self.links, is_first=self.is_first)
