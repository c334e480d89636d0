"""Is the LLM failing?"""

from __future__ import annotations

from datetime import timedelta

from sms_monitoring.alerts.model import AlertType, Measure
from sms_monitoring.operators.base import AlertOperator


class LlmFailureAlertOperator(AlertOperator):
    """The share of the hour's texts that fell back to a template is too high."""

    alert = AlertType(
        name="llm_failure_critical",
        title="LLM message generation is failing",
        measure=Measure.RATE,
        unit="%",
        length=timedelta(hours=1),
        families=("generation",),
    )
