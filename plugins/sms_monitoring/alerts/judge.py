"""Observation against threshold: a pure function."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sms_monitoring.alerts.model import Judgement, Measure, Reason, Verdict
from sms_monitoring.alerts.statistics import wilson_bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.alerts.model import Observation, Threshold

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def judge(
    observation: Observation,
    threshold: Threshold,
    measure: Measure,
    *,
    minimum_sample: int | None = None,
    incident_open: bool = False,
) -> Judgement:
    """Whether the observation breaches the threshold, as far as its sample can tell.

    A rate breaches only where its confidence bound does: at a true 97 % and a threshold of 95 %, 30
    messages an hour look like a breach in every fifth hour, but clear the bound in about one of eighty.

    :param minimum_sample: what the sample must reach here; by default the threshold's own.
    :param incident_open: while one is, a value is only good again past the recovery threshold.
    """
    if observation.sample_size is None:
        return Judgement(verdict=Verdict.NO_DATA, reason=Reason.NO_ROWS)
    if observation.sample_size < (threshold.minimum_sample if minimum_sample is None else minimum_sample):
        return Judgement(verdict=Verdict.INSUFFICIENT_DATA, reason=Reason.SAMPLE_TOO_SMALL)
    if observation.value is None or not observation.value.is_finite():
        return Judgement(verdict=Verdict.NO_DATA, reason=Reason.NO_VALUE)

    past = COMPARISONS[threshold.comparison_operator]
    if not past(observation.value, threshold.threshold_value):
        recovery = threshold.recovery_threshold if incident_open else None
        held = recovery is not None and past(observation.value, recovery)
        reason = Reason.NOT_RECOVERED if held else Reason.WITHIN_THRESHOLD
        return Judgement(verdict=Verdict.OK, reason=reason, judged_value=observation.value)
    bound = _bound(observation, threshold) if measure is Measure.RATE else observation.value
    if past(bound, threshold.threshold_value):
        return Judgement(verdict=Verdict.BREACH, reason=Reason.PAST_THRESHOLD, judged_value=bound)
    return Judgement(verdict=Verdict.INSUFFICIENT_DATA, reason=Reason.NOT_SIGNIFICANT, judged_value=bound)


def _bound(observation: Observation, threshold: Threshold) -> Decimal:
    """The bound, in percent, on the side of the rate that argues against a breach."""
    assert observation.value is not None  # noqa: S101 - judge() has seen to both
    assert observation.sample_size is not None  # noqa: S101
    share = min(1.0, max(0.0, float(observation.value) / 100))
    lower, upper = wilson_bounds(share, observation.sample_size, threshold.confidence)
    return Decimal(str(round(100 * (lower if threshold.comparison_operator.startswith(">") else upper), 4)))
