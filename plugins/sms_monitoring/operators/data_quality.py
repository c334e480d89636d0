"""Can the numbers be trusted?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class DataQualityAlertOperator(AlertOperator):
    """A critical check of the data failed, or could not be run; alerts on that family have no data meanwhile."""

    alert = AlertType(
        name="data_quality_critical",
        title="Data quality checks fail",
        measure=Measure.VALUE,
        unit="",
        length=timedelta(hours=1),
        # It reads what the checks found, not a family's numbers: it has something to say just when those are bad.
        families=(),
        names_causes=True,
    )
