"""A scenario played day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator.arrays import to_micros
from sms_monitoring.simulator.incidents import IncidentKind
from sms_monitoring.simulator.lifecycle import Lives, live
from sms_monitoring.simulator.traffic import LONGEST_LEAD, Traffic
from sms_monitoring.simulator.users import make_users
from sms_monitoring.simulator.zones import WallClocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sms_monitoring.simulator.arrays import Ints
    from sms_monitoring.simulator.incidents import Incident
    from sms_monitoring.simulator.scenario import Scenario

# Local dates are up to 14 hours ahead of UTC and 12 behind, quiet hours move an evening's messages to the next day,
# and messages are scheduled ahead.
_AHEAD = timedelta(days=2, microseconds=LONGEST_LEAD)
_BEHIND = timedelta(days=1)
# A message can change for so long after its sending day has begun: the day, the time zone, a receipt a day late.
_LIVES_FOR = timedelta(days=4)


class History:
    """Plays a scenario; the users, and who of them has opted out by the days played so far, can be asked for.

    ``opted_out_at`` is complete up to ``scenario.until`` once :meth:`play` is through.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.users = make_users(scenario)
        self.opted_out_at: Ints = self.users.opted_out_at
        first, last = _days_around(scenario.start, scenario.until)
        self.incidents = [incident for incident in scenario.incidents if incident.start < scenario.until]
        self._clocks = WallClocks(first, last)
        self._traffic = Traffic(scenario.seed, self.users, self._clocks, self.incidents)
        self._days = [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def days(self, since: datetime | None = None) -> list[date]:
        """The sending days to play, all of them or those whose messages may have changed at or after ``since``."""
        if since is None:
            return self._days
        recent = since.date() - _LIVES_FOR
        return [day for day in self._days if day >= recent or any(_touches(held, day) for held in self.incidents)]

    def play(self, days: list[date]) -> Iterator[Lives]:
        """The messages of each day that exist before ``until``, in the order in which they were created."""
        start, until = to_micros(self.scenario.start), to_micros(self.scenario.until)
        for day in days:
            lives, self.opted_out_at = live(self._traffic.on(day), self.users, self.opted_out_at, self.incidents)
            lives = lives.take((lives.created_at >= start) & (lives.created_at < until))
            yield lives.take(np.argsort(lives.created_at, kind="stable"))


def _days_around(start: datetime, until: datetime) -> tuple[date, date]:
    return (start - _BEHIND).date(), (until + _AHEAD).date()


def _touches(incident: Incident, day: date) -> bool:
    """Whether days long past still matter: for who opted out then, and for what an outage holds up."""
    if incident.kind not in {IncidentKind.OPT_OUT_SURGE, IncidentKind.DELIVERY_OUTAGE}:
        return False
    first, last = _days_around(incident.start, incident.end)
    return first <= day <= last
