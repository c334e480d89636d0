"""Are messages delivered?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class DeliveryRateAlertOperator(AlertOperator):
    """The share of the hour's sent messages that were delivered is too low."""

    alert = AlertType(
        name="delivery_rate_critical",
        title="SMS delivery rate is low",
        measure=Measure.RATE,
        unit="%",
        length=timedelta(hours=1),
        families=("delivery",),
    )
