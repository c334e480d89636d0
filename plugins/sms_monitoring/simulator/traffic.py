"""Which messages are scheduled, for whom and when: the usual traffic and what incidents add to it.

Traffic is made a *sending day* at a time: the local date on which a message goes out once quiet hours have moved
it. Daily limits count within such a day, so no day depends on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator import draws
from sms_monitoring.simulator.arrays import (
    DAY,
    HOUR,
    MINUTE,
    Bools,
    Columns,
    Ints,
    Keys,
    day_to_micros,
    to_micros,
    whole_ms,
)
from sms_monitoring.simulator.incidents import Incident, IncidentKind
from sms_monitoring.simulator.rhythm import day_factor, times_of_day
from sms_monitoring.simulator.texts import CAMPAIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.simulator.users import Users
    from sms_monitoring.simulator.zones import WallClocks

# No message is planned so close before quiet hours that its last attempt could fall into them.
QUIET_MARGIN = 10 * MINUTE
LONGEST_LEAD = 12 * HOUR
_SHORTEST_LEAD = 3 * MINUTE

_ADDING = {IncidentKind.DAILY_LIMIT_SURGE, IncidentKind.OPT_OUT_SURGE}
# An incident's own messages start within its first half hour: a single hour shows it in full.
_INCIDENT_SPREAD = 30 * MINUTE
_BURST_LENGTH = 12 * MINUTE
# Shares of the users: who gets a burst beyond the daily limit, and who a message that makes users opt out.
_BURST_SHARE = 0.32
_BLAST_SHARE = 0.80


@dataclass(frozen=True, eq=False, slots=True)
class Scheduled(Columns):
    """Messages as they are scheduled, one entry each, by user and then in the order in which they were scheduled."""

    key: Keys
    user: Ints  # index into the users
    campaign: Ints  # index into CAMPAIGNS
    created_at: Ints
    planned_for: Ints
    due_at: Ints  # the plan, or the end of the quiet hours that the plan fell into
    quiet: Bools


class Traffic:
    """The messages of one population under some incidents, by sending day."""

    def __init__(self, seed: int, users: Users, clocks: WallClocks, incidents: Iterable[Incident]) -> None:
        self._seed = seed
        self._users = users
        self._clocks = clocks
        added = [_of_incident(users, clocks, incident) for incident in incidents if incident.kind in _ADDING]
        self._added = [(messages, self._local_day(messages)) for messages in added]

    def on(self, day: date) -> Scheduled:
        """All messages whose sending day is ``day``."""
        midnight = day_to_micros(day)
        parts = [messages.take(local_day == midnight) for messages, local_day in self._added]
        messages = Scheduled.join([self._usual(day), *parts])
        return messages.take(np.lexsort((messages.key, messages.created_at, messages.user)))

    def _usual(self, day: date) -> Scheduled:
        users = self._users
        counts = draws.poisson(self._seed, day.toordinal(), users.messages_per_day * day_factor(day))
        user = np.repeat(np.arange(len(users)), counts)
        number = np.arange(len(user)) - np.repeat(np.cumsum(counts) - counts, counts)
        key = draws.derive(draws.derive(users.key, day.toordinal())[user], number)

        time = times_of_day(draws.uniform(key, "time_of_day"), day)
        time = np.where(_is_late(users, user, time), time - QUIET_MARGIN, time)
        # An evening's quiet hours belong to the next morning: that is when the message goes out.
        midnight = day_to_micros(day) - DAY * (time >= users.quiet_start[user])
        planned = self._clocks.to_utc(users.zone[user], midnight + time)
        lead = draws.lognormal(key, "lead", median=HOUR, sigma=0.9)
        quiet = users.is_quiet(user, time)
        return Scheduled(
            key=key,
            user=user,
            campaign=draws.choice(key, "campaign", np.array(list(CAMPAIGNS.values()))),
            created_at=planned - whole_ms(np.clip(lead, _SHORTEST_LEAD, LONGEST_LEAD)),
            planned_for=planned,
            due_at=np.where(quiet, _morning(users, self._clocks, user, day_to_micros(day)), planned),
            quiet=quiet,
        )

    def _local_day(self, messages: Scheduled) -> Ints:
        local = self._clocks.to_local(self._users.zone[messages.user], messages.due_at)
        return local // DAY * DAY


def _of_incident(users: Users, clocks: WallClocks, incident: Incident) -> Scheduled:
    """The messages that an incident of a kind in ``_ADDING`` adds.

    A surge against the daily limit schedules more messages than the limit for a user within minutes, awake or
    not; a surge of opt-outs begins with one unwanted message to almost everyone who is awake.
    """
    base = draws.bits(users.key, incident.label)
    chosen = draws.uniform(base, "chosen")
    if incident.kind is IncidentKind.DAILY_LIMIT_SURGE:
        campaign = "bulk_reminder"
        counts = (chosen < _BURST_SHARE) * (users.daily_limit + 2 + draws.choice(base, "burst", np.ones(4)))
    else:
        campaign = "flash_sale"
        counts = (chosen < _BLAST_SHARE).astype(np.int64)

    user = np.repeat(np.arange(len(users)), counts)
    number = np.arange(len(user)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = draws.derive(base[user], number)
    first = to_micros(incident.start) + draws.uniform(base, "first") * _INCIDENT_SPREAD
    created = whole_ms(first[user] + number / counts[user] * _BURST_LENGTH)
    planned = created + whole_ms((1 + 2 * draws.uniform(key, "lead")) * MINUTE)
    local = clocks.to_local(users.zone[user], planned)
    late = _is_late(users, user, local % DAY)
    planned, local = planned + QUIET_MARGIN * late, local + QUIET_MARGIN * late
    quiet = users.is_quiet(user, local % DAY)
    sending_day = local // DAY * DAY + DAY * (local % DAY >= users.quiet_start[user])
    added = Scheduled(
        key=key,
        user=user,
        campaign=np.full(len(user), list(CAMPAIGNS).index(campaign)),
        created_at=created,
        planned_for=planned,
        due_at=np.where(quiet, _morning(users, clocks, user, sending_day), planned),
        quiet=quiet,
    )
    return added.take(~quiet) if incident.kind is IncidentKind.OPT_OUT_SURGE else added


def _is_late(users: Users, user: Ints, time_of_day: Ints) -> Bools:
    """Whether a last attempt could fall into the quiet hours that begin soon."""
    start = users.quiet_start[user]
    return np.asarray((time_of_day >= start - QUIET_MARGIN) & (time_of_day < start))


def _morning(users: Users, clocks: WallClocks, user: Ints, day: Ints | int) -> Ints:
    """When the quiet hours end that local midnight of ``day`` lies in."""
    return clocks.to_utc(users.zone[user], day + users.quiet_end[user])
