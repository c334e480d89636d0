"""Rates of a day against the thresholds of their alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sms_monitoring.alerts.judge import COMPARISONS

if TYPE_CHECKING:
    from sms_monitoring.digest.model import Threshold


def is_past(threshold: Threshold | None, part: float, whole: float) -> bool:
    """Whether ``part`` of ``whole`` in percent is past the threshold, ``whole`` being enough to judge by.

    False without a threshold: a disabled alert measures nothing. The plain rate is compared: over a day so far, unlike
    over an hour, the sample is large.
    """
    if threshold is None or not whole or whole < threshold.minimum_sample:
        return False
    return COMPARISONS[threshold.operator](100 * part / whole, threshold.value)


def percent(part: float, whole: float) -> float | None:
    """``part`` of ``whole`` in percent, two decimals; None where the whole is nothing."""
    return round(100 * float(part) / float(whole), 2) if whole else None
