"""Do people opt out?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class OptOutRateAlertOperator(AlertOperator):
    """The share of the users messaged in the last 24 hours who opted out is too high."""

    alert = AlertType(
        name="opt_out_rate_warning",
        title="Users are opting out",
        measure=Measure.RATE,
        unit="%",
        length=timedelta(hours=24),
        families=("delivery", "engagement"),
    )
