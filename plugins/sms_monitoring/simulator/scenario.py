"""What is to be simulated: a :class:`Scenario`, and the ready-made ones for the demo and for benches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sms_monitoring.simulator.incidents import Incident, IncidentKind, of_kind
from sms_monitoring.simulator.users import mean_active_share
from sms_monitoring.timeframe import floor_hour

_MESSAGES_PER_USER_AND_DAY = 2.5
_EXAMPLE = "2026-03-29T10:00:00+00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One history of traffic. The same scenario is always the same rows.

    A larger ``until`` is the same history, seen later: nothing that was known before differs. So is one with more
    incidents, up to the start of the first of those. An incident after ``until`` has not happened yet.

    :param seed: 0 or more; another seed is another history.
    :param start: the first message is scheduled at or after this time.
    :param until: "now": everything that has a time before it has happened, nothing else.
    :param users: number of users; with messages, at least 1.
    :param messages_per_day: messages scheduled in a mean day, before users opt out and without what
        incidents add.
    :raises ValueError: for values that make no sense, saying which.
    """

    seed: int
    start: datetime
    until: datetime
    users: int
    messages_per_day: int
    incidents: tuple[Incident, ...] = ()

    def __post_init__(self) -> None:
        for name in ("seed", "users", "messages_per_day"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}, which is below 0")
        for name in ("start", "until"):
            moment: datetime = getattr(self, name)
            if moment.tzinfo is None:
                raise ValueError(
                    f"{name} {moment.isoformat()} has no time zone; write it like 2026-03-29T10:00:00+00:00"
                )
            object.__setattr__(self, name, moment.astimezone(UTC))
        if self.until < self.start:
            raise ValueError(f"until {self.until.isoformat()} is before start {self.start.isoformat()}")
        if self.messages_per_day and not self.users:
            raise ValueError(f"{self.messages_per_day} messages a day need users; users is 0")
        object.__setattr__(self, "incidents", tuple(self.incidents))
        self._check_incidents()

    def _check_incidents(self) -> None:
        for incident in self.incidents:
            if incident.start < self.start:
                raise ValueError(
                    f"incident {incident.kind} begins at {incident.start.isoformat()},"
                    f" before the scenario's start {self.start.isoformat()}"
                )
        for kind in IncidentKind:
            for first, second in pairwise(of_kind(self.incidents, kind)):
                if second.start < first.end:
                    raise ValueError(f"two incidents {kind} overlap at {second.start.isoformat()}; make them one")

    def through(self, until: datetime) -> Scenario:
        """The same history, seen at another time."""
        return replace(self, until=until)


def all_incidents(start: datetime, end: datetime) -> tuple[Incident, ...]:
    """One incident of every kind, all at the same time."""
    return tuple(Incident(kind, start, end) for kind in IncidentKind)


def demo_scenario(until: datetime, *, seed: int = 7, days: int = 14, messages_per_day: int = 15_000) -> Scenario:
    """Quiet weeks that end in all five incidents in the last three whole hours before ``until``.

    About 240,000 messages; at least 200 are sent in every hour.
    """
    end = floor_hour(until)
    return Scenario(
        seed=seed,
        start=end - timedelta(days=days),
        until=until,
        users=users_for(messages_per_day),
        messages_per_day=messages_per_day,
        incidents=all_incidents(end - timedelta(hours=3), end),
    )


def bench_scenario(messages: int, days: int, *, until: datetime, seed: int = 1) -> Scenario:
    """About ``messages`` messages (within 2 %) over the ``days`` before ``until``, without incidents.

    :raises ValueError: when ``days`` is below 1.
    """
    if days < 1:
        raise ValueError(f"days is {days}; it must be at least 1")
    per_day = round(messages / days / mean_active_share(days))
    return Scenario(
        seed=seed,
        start=until - timedelta(days=days),
        until=until,
        users=users_for(per_day),
        messages_per_day=per_day,
    )


def users_for(messages_per_day: int) -> int:
    """Users among whom so many messages make a usual day: two or three each."""
    return math.ceil(messages_per_day / _MESSAGES_PER_USER_AND_DAY)
