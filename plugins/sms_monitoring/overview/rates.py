"""Rates of a day against the thresholds of their alerts."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT, Threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sms_monitoring.db import Connection

_PAST = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def read_thresholds(conn: Connection) -> Mapping[str, Threshold]:
    """Thresholds of the delivery rate and of the template fallbacks, by alert type; without those disabled."""
    rows = db.fetch_all(conn, "digest/thresholds.sql", {"alert_types": [DELIVERY_ALERT, LLM_ALERT]})
    return {
        row["alert_type"]: Threshold(
            value=float(row["threshold_value"]),
            operator=row["comparison_operator"],
            minimum_sample=row["minimum_sample"],
        )
        for row in rows
    }


def is_past(threshold: Threshold | None, part: float, whole: float) -> bool:
    """Whether ``part`` of ``whole`` in percent is past the threshold, ``whole`` being enough to judge by.

    False without a threshold: a disabled alert measures nothing. The plain rate is compared: over a day so far, unlike
    over an hour, the sample is large.
    """
    if threshold is None or not whole or whole < threshold.minimum_sample:
        return False
    return bool(_PAST[threshold.operator](100 * part / whole, threshold.value))


def percent(part: float, whole: float) -> float | None:
    """``part`` of ``whole`` in percent, two decimals; None where the whole is nothing."""
    return round(100 * float(part) / float(whole), 2) if whole else None
