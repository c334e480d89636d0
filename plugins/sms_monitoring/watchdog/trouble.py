"""What keeps the watchdog itself from seeing or from speaking: told past the outbox, which may be what is broken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import psycopg
from psycopg.errors import LockNotAvailable

from sms_monitoring.notify.text import cut, one_line

MAX_REASON = 300
# All that is repeated of what a server or a library says of a connection that fails: their own words may hold a URI
# with its password, and what they say of a row the row's values.
_TELLING = re.compile(
    r"connection refused|timeout expired|no such file or directory|password authentication failed|no route to host|"
    r"(?:the database system is )?(?:starting up|shutting down|not accepting connections|in recovery mode)|"
    r"too many (?:clients|connections)|could not translate host name|name or service not known|"
    r"server closed the connection unexpectedly|terminating connection due to [a-z ]+|no pg_hba.conf entry|"
    r"database \"\w+\" does not exist|role \"\w+\" does not exist",
    re.IGNORECASE,
)
# SQLSTATEs whose message names objects of the schema and no value: undefined and ambiguous names, missing rights,
# time-outs, and what ends a session.
_HARMLESS = ("42", "55", "57", "53")


class Subject(StrEnum):
    """What is in trouble: one page each, opened and resolved by itself."""

    DATABASE = "database"
    """The metrics database cannot be reached, or lets everybody wait."""
    EVALUATION = "evaluation"
    """Some of the watchdog's checks cannot be run."""
    DELIVERY = "delivery"
    """Notifications cannot be put into the outbox or sent, or have reached nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One page.

    :param summary: a sentence or two.
    :param facts: what is broken → why. A name among them that was not told before is told at once.
    """

    subject: Subject
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def parts(self) -> frozenset[str]:
        """What is broken, without the reasons, which may differ each time."""
        return frozenset(label for label, _ in self.facts)


def reason_of(error: BaseException) -> str:
    """Why it failed, in one line that holds no secret and no value of a row."""
    kind = type(error).__name__
    if isinstance(error, psycopg.Error):
        state, message = error.sqlstate, error.diag.message_primary
        if state and message and state.startswith(_HARMLESS):
            return cut(one_line(f"{kind}: {message}"), MAX_REASON)
        if found := _TELLING.search(str(error)):
            return f"{kind}: {found[0]}"
        return f"{kind} ({state})" if state else kind
    return kind


def database_is_gone(error: BaseException) -> Trouble:
    """The page that the metrics database cannot be reached."""
    return Trouble(
        subject=Subject.DATABASE,
        title="The metrics database cannot be reached",
        summary="No hour is aggregated, no alert is evaluated and no notification goes out until it is back.",
        facts=(("Reason", reason_of(error)),),
    )


def database_keeps_waiting(waits: dict[str, BaseException]) -> Trouble:
    """The page that tables are locked, or that the database is too slow; step of the pass → what it met with."""
    is_locked = any(isinstance(error, LockNotAvailable) for error in waits.values())
    return Trouble(
        subject=Subject.DATABASE,
        title="Tables of the metrics database are locked" if is_locked else "The metrics database is too slow",
        summary=(
            "The database answers, but lets the watchdog wait, and the hourly run with it: the pass was given up."
            " See pg_stat_activity for who is in the way."
        ),
        facts=tuple((step, reason_of(error)) for step, error in waits.items()),
    )


def time_is_up(stage: Subject, step: str, error: BaseException | None) -> Trouble:
    """The page that a pass was stopped because it took too long.

    :param stage: what it had not done yet: evaluation or delivery.
    :param step: where it was.
    :param error: what the step met with when it was cut off.
    """
    rest = "checks of the monitoring itself were" if stage is Subject.EVALUATION else "notifications may have been"
    return Trouble(
        subject=stage,
        title="The watchdog's pass takes too long",
        summary=f"It was stopped: {rest} left out. The database, the network to it or a channel is slow or silent.",
        facts=((step, reason_of(error) if error else "not begun"),),
    )


def command_hangs() -> Trouble:
    """The page that the watchdog's command hung and was ended."""
    return Trouble(
        subject=Subject.EVALUATION,
        title="The watchdog hangs",
        summary="Its command was ended: the database, the network or a channel never answered. Nothing is known.",
        facts=(("Command", "did not end in time"),),
    )


def checks_are_blind(failed: dict[str, BaseException]) -> Trouble:
    """The page that checks could not be run; alert type → what it met with."""
    number = "1 check" if len(failed) == 1 else f"{len(failed)} checks"
    return Trouble(
        subject=Subject.EVALUATION,
        title="The watchdog cannot see",
        summary=f"{number} of the monitoring itself cannot be run: nothing is known there, and nothing is well.",
        facts=tuple((alert_type, reason_of(error)) for alert_type, error in failed.items()),
    )


def nobody_hears(failed: dict[str, BaseException], unheard: dict[str, str]) -> Trouble:
    """The page that notifications do not go out.

    :param failed: channel, or step of the delivery → what it met with.
    :param unheard: incident → what was to be said of it.
    """
    said = [f"{len(unheard)} incident(s) of the monitoring reached nobody"] if unheard else []
    said += ["the outbox cannot be worked on"] if failed else []
    return Trouble(
        subject=Subject.DELIVERY,
        title="Notifications do not go out",
        summary=f"{' and '.join(said)}: alerts may be silent now.",
        facts=(*((name, reason_of(error)) for name, error in failed.items()), *unheard.items()),
    )
