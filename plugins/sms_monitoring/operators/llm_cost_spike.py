"""Is the LLM getting dear?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class LlmCostSpikeAlertOperator(AlertOperator):
    """The LLM cost of the last 24 hours is too many times that of a usual day."""

    alert = AlertType(
        name="llm_cost_spike_warning",
        title="LLM cost has spiked",
        measure=Measure.VALUE,
        unit="× a usual day",
        length=timedelta(hours=24),
        families=("generation",),
    )
