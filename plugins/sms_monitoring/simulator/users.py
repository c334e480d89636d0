"""The users of the simulated product: where they live, what they allow, and whether they have opted out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator import draws
from sms_monitoring.simulator.arrays import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Bools,
    Columns,
    Floats,
    Ints,
    Keys,
    to_micros,
    whole_ms,
)
from sms_monitoring.simulator.zones import ZONES

if TYPE_CHECKING:
    from sms_monitoring.simulator.scenario import Scenario

# Carrier → share of users.
CARRIERS = {"northstar": 0.40, "bluewave": 0.25, "telcoria": 0.20, "pacifica": 0.10, "roamlink": 0.05}

# Quiet hours begin before midnight and end in the morning, local time: no one's day is torn in two by them.
QUIET_STARTS = (21 * HOUR, 21 * HOUR + 30 * MINUTE, 22 * HOUR, 22 * HOUR + 30 * MINUTE, 23 * HOUR)
QUIET_ENDS = (6 * HOUR + 30 * MINUTE, 7 * HOUR, 7 * HOUR + 30 * MINUTE, 8 * HOUR, 8 * HOUR + 30 * MINUTE)
_QUIET_START_WEIGHTS = np.array([1.0, 1.0, 4.0, 2.0, 2.0])
_QUIET_END_WEIGHTS = np.array([1.0, 3.0, 2.0, 4.0, 1.0])

_SMALLEST_LIMIT = 3
_OPTED_OUT_AT_START = 0.03
_OPT_OUTS_PER_DAY = 0.002


@dataclass(frozen=True, eq=False, slots=True)
class Users(Columns):
    """The users, one entry each. Times of day are local, in microseconds since midnight."""

    key: Keys
    zone: Ints  # index into ZONES
    carrier: Ints  # index into CARRIERS
    quiet_start: Ints
    quiet_end: Ints
    daily_limit: Ints  # messages sent per local day
    messages_per_day: Floats  # on a mean day
    created_at: Ints
    opted_out_at: Ints  # of their own accord; NEVER for most

    def is_quiet(self, user: Ints, time_of_day: Ints) -> Bools:
        """Whether each local ``time_of_day`` lies in the quiet hours of each ``user`` (an index)."""
        return np.asarray((time_of_day >= self.quiet_start[user]) | (time_of_day < self.quiet_end[user]))


def make_users(scenario: Scenario) -> Users:
    """The users of a scenario; they depend on its seed, start, number of users and traffic, not on ``until``."""
    key = draws.derive(draws.root_key(scenario.seed, "users"), np.arange(scenario.users))
    start = to_micros(scenario.start)
    created = start - whole_ms((30 + 370 * draws.uniform(key, "user.created")) * DAY)
    opted_out = _opt_outs(key, created, start)
    rate = draws.lognormal(key, "user.rate", median=1, sigma=0.5) * (opted_out > start)
    rate *= scenario.messages_per_day / max(rate.sum(), 1e-9)
    return Users(
        key=key,
        zone=draws.choice(key, "user.zone", np.array(list(ZONES.values()))),
        carrier=draws.choice(key, "user.carrier", np.array(list(CARRIERS.values()))),
        quiet_start=np.array(QUIET_STARTS)[draws.choice(key, "user.quiet_start", _QUIET_START_WEIGHTS)],
        quiet_end=np.array(QUIET_ENDS)[draws.choice(key, "user.quiet_end", _QUIET_END_WEIGHTS)],
        # Two standard deviations above the usual day: passed now and then by a few, not by many.
        daily_limit=np.maximum(_SMALLEST_LIMIT, np.ceil(rate + 2 * np.sqrt(rate))).astype(np.int64),
        messages_per_day=rate,
        created_at=created,
        opted_out_at=opted_out,
    )


def mean_active_share(days: int) -> float:
    """How many of the users, on average over so many days from the start, have not opted out since."""
    expected = _OPT_OUTS_PER_DAY * days
    return -math.expm1(-expected) / expected


def _opt_outs(key: Keys, created: Ints, start: int) -> Ints:
    # NEVER ends the wait of those who would opt out in centuries.
    wait = np.minimum(draws.exponential(key, "user.opt_out", mean=DAY / _OPT_OUTS_PER_DAY), NEVER / 2)
    before = created + whole_ms(draws.uniform(key, "user.opted_out_before") * (start - created))
    return np.where(draws.uniform(key, "user.opted_out") < _OPTED_OUT_AT_START, before, start + whole_ms(wait))
