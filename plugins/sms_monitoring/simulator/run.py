"""Fills the product's tables with a scenario, and takes them further in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from time import perf_counter
from typing import TYPE_CHECKING

from sms_monitoring.db import execute, fetch_all, lock
from sms_monitoring.simulator.history import History
from sms_monitoring.simulator.writing import copy_all, upsert_changes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sms_monitoring.db import Connection, Row
    from sms_monitoring.simulator.incidents import Incident
    from sms_monitoring.simulator.scenario import Scenario


class SimulationError(RuntimeError):
    """The tables do not hold what the simulator may write onto."""


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was written.

    :param scenario: what the tables hold now, as of ``scenario.until``.
    :param messages: rows of ``sms_messages`` written.
    :param users: number of users in the scenario.
    :param seconds: how long it took.
    """

    scenario: Scenario
    messages: int
    users: int
    seconds: float

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents that have begun: the truth that alerts are to find."""
        return tuple(incident for incident in self.scenario.incidents if incident.start < self.scenario.until)


def simulate(
    conn: Connection, scenario: Scenario, progress: Callable[[int, int], None] | None = None
) -> SimulationSummary:
    """Fill the product's tables, which are created if absent and must be empty, in one transaction.

    :param progress: is told how many of how many days are done.
    :raises SimulationError: when the tables hold rows: these may be a real product's.
    """
    began = perf_counter()
    with conn.transaction():
        lock(conn, "simulator")
        execute(conn, "products/buildos.sql")
        state = _state(conn)
        if state["users"] or state["has_messages"]:
            raise SimulationError(
                "user_sms_preferences or sms_messages holds rows already. The simulator writes into empty tables only:"
                " use a database of its own, or advance() to take a simulated history further"
            )
        messages = copy_all(conn, History(scenario), progress)
    execute(conn, "simulator/analyze.sql")
    return SimulationSummary(scenario, messages, scenario.users, perf_counter() - began)


def advance(
    conn: Connection, scenario: Scenario, until: datetime, progress: Callable[[int, int], None] | None = None
) -> SimulationSummary:
    """Let time pass: write what happens from ``scenario.until`` up to ``until``, late receipts too.

    The tables end up as ``simulate`` with the later ``until`` would have filled them.

    :param scenario: what the tables hold; incidents from ``scenario.until`` on may be added to it first.
    :param until: not before ``scenario.until``.
    :returns: its ``scenario`` is what to call the next ``advance`` with; its ``messages`` counts changed rows.
    :raises ValueError: when ``until`` lies before ``scenario.until``.
    :raises SimulationError: when the tables hold something else than the scenario.
    """
    began = perf_counter()
    later = scenario.through(until)
    if later.until < scenario.until:
        raise ValueError(f"until {later.until.isoformat()} is before {scenario.until.isoformat()}; time only moves on")
    with conn.transaction():
        lock(conn, "simulator")
        state = _state(conn)
        if state["users"] != scenario.users:
            raise SimulationError(
                f"user_sms_preferences holds {state['users']} users, not {scenario.users}; simulate() it first"
            )
        changed_through: datetime | None = state["changed_through"]
        if changed_through is not None and changed_through >= scenario.until:
            raise SimulationError(
                f"the tables hold changes up to {changed_through.astimezone(UTC).isoformat()}, the scenario only up to"
                f" {scenario.until.isoformat()}; pass the scenario of the last summary"
            )
        messages = upsert_changes(conn, History(later), scenario.until, progress)
    return SimulationSummary(later, messages, scenario.users, perf_counter() - began)


def _state(conn: Connection) -> Row:
    return fetch_all(conn, "simulator/state.sql")[0]
