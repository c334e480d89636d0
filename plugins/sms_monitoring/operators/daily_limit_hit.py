"""Do users run into their daily limit?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class DailyLimitHitAlertOperator(AlertOperator):
    """The share of the last 24 hours' users who hit their daily limit is too high."""

    alert = AlertType(
        name="daily_limit_hit_warning",
        title="Users are hitting their daily limit",
        measure=Measure.RATE,
        unit="%",
        length=timedelta(hours=24),
        families=("delivery", "engagement"),
    )
