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
    SECOND,
    Bools,
    Columns,
    Floats,
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

# An incident's own messages start within its first half hour: a single hour shows it in full.
_INCIDENT_SPREAD = 30 * MINUTE
_BURST_LENGTH = 12 * MINUTE
_BURST_SHARE = 0.95  # of the users who are awake
_BLAST_SHARE = 0.85


@dataclass(frozen=True, eq=False, slots=True)
class Scheduled(Columns):
    """Messages as they are scheduled, one entry each, by user and then in the order in which they are due."""

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
        added = [_of_incident(users, clocks, incident) for incident in incidents]
        self._added = [(messages, self._local_day(messages)) for messages in added if len(messages)]

    def on(self, day: date) -> Scheduled:
        """All messages whose sending day is ``day``."""
        midnight = day_to_micros(day)
        parts = [messages.take(local_day == midnight) for messages, local_day in self._added]
        messages = Scheduled.join([self._usual(day), *parts])
        return messages.take(np.lexsort((messages.key, messages.planned_for, messages.due_at, messages.user)))

    def _usual(self, day: date) -> Scheduled:
        users = self._users
        counts = draws.poisson(self._seed, day.toordinal(), users.messages_per_day * day_factor(day))
        user = np.repeat(np.arange(len(users)), counts)
        number = np.arange(len(user)) - np.repeat(np.cumsum(counts) - counts, counts)
        key = draws.derive(draws.derive(users.key, day.toordinal())[user], number)

        time = times_of_day(draws.uniform(key, "time_of_day"), day)
        near = (time >= users.quiet_start[user] - QUIET_MARGIN) & (time < users.quiet_start[user])
        time = np.where(near, time - QUIET_MARGIN, time)
        quiet = users.is_quiet(user, time)
        # An evening's quiet hours belong to the next morning: that is when the message goes out.
        midnight = day_to_micros(day) - DAY * (time >= users.quiet_start[user])
        planned = self._clocks.to_utc(users.zone[user], midnight + time)
        morning = self._clocks.to_utc(users.zone[user], day_to_micros(day) + users.quiet_end[user])
        lead = draws.lognormal(key, "lead", median=HOUR, sigma=0.9)
        return Scheduled(
            key=key,
            user=user,
            campaign=draws.choice(key, "campaign", np.array(list(CAMPAIGNS.values()))),
            created_at=planned - whole_ms(np.clip(lead, _SHORTEST_LEAD, LONGEST_LEAD)),
            planned_for=planned,
            due_at=np.where(quiet, morning, planned),
            quiet=quiet,
        )

    def _local_day(self, messages: Scheduled) -> Ints:
        local = self._clocks.to_local(self._users.zone[messages.user], messages.due_at)
        return local // DAY * DAY


def _of_incident(users: Users, clocks: WallClocks, incident: Incident) -> Scheduled:
    """The messages that an incident adds, of which users who sleep get none.

    A surge against the daily limit sends each user more than the limit within minutes; a surge of opt-outs
    begins with one unwanted message to almost everyone.
    """
    label = f"{incident.kind}.{incident.start:%Y%m%dT%H}"
    base = draws.bits(users.key, label)
    if incident.kind is IncidentKind.DAILY_LIMIT_SURGE:
        share, campaign = _BURST_SHARE, "bulk_reminder"
        counts = users.daily_limit + 2 + draws.choice(base, "burst.size", np.ones(4))
    elif incident.kind is IncidentKind.OPT_OUT_SURGE:
        share, campaign = _BLAST_SHARE, "flash_sale"
        counts = np.ones(len(users), dtype=np.int64)
    else:
        share, campaign, counts = 0.0, None, np.zeros(len(users), dtype=np.int64)
    counts = np.where(draws.uniform(base, "chosen") < share, counts, 0)

    user = np.repeat(np.arange(len(users)), counts)
    number = np.arange(len(user)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = draws.derive(base[user], number)
    first = to_micros(incident.start) + draws.uniform(base, "first") * _INCIDENT_SPREAD
    created = whole_ms(first[user] + number / counts[user] * _BURST_LENGTH)
    planned = created + whole_ms(_lead_of_added(key))
    local_time = clocks.to_local(users.zone[user], planned) % DAY
    asleep = users.is_quiet(user, local_time) | users.is_quiet(user, local_time + QUIET_MARGIN)
    added = Scheduled(
        key=key,
        user=user,
        campaign=np.full(len(user), list(CAMPAIGNS).index(campaign)),
        created_at=created,
        planned_for=planned,
        due_at=planned,
        quiet=np.zeros(len(user), dtype=np.bool_),
    )
    return added.take(~asleep)


def _lead_of_added(key: Keys) -> Floats:
    return (1 + 2 * draws.uniform(key, "lead")) * MINUTE
