"""How traffic goes up and down: over the hours of a user's local day and over the days of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sms_monitoring.simulator.arrays import HOUR, MINUTE

if TYPE_CHECKING:
    from datetime import date

    from sms_monitoring.simulator.arrays import Floats, Ints

_SATURDAY = 5
# Monday to Sunday; the mean is 1.
_DAYS = (1.04, 1.08, 1.10, 1.08, 1.02, 0.86, 0.82)
# Midnight to 23 h, local time. What falls into the night is what quiet hours hold back.
_WORKDAY = (2, 1, 1, 1, 1, 2, 6, 22, 40, 46, 42, 36, 36, 38, 36, 34, 36, 42, 46, 40, 32, 20, 9, 4)
_WEEKEND = (3, 2, 1, 1, 1, 1, 3, 10, 22, 34, 42, 46, 44, 40, 38, 38, 38, 40, 42, 40, 34, 24, 12, 6)
_SLOT = 5 * MINUTE


def day_factor(day: date) -> float:
    """Traffic of ``day`` relative to the mean day of a week."""
    return _DAYS[day.weekday()]


def times_of_day(draws: Floats, day: date) -> Ints:
    """Local times of day on full five minutes, in microseconds since midnight, for uniform ``draws`` in [0, 1)."""
    weights = _WEEKEND if day.weekday() >= _SATURDAY else _WORKDAY
    edges = np.concatenate([[0.0], np.cumsum(weights) / np.sum(weights)])
    return (np.interp(draws, edges, np.arange(len(edges)) * HOUR) // _SLOT).astype(np.int64) * _SLOT
