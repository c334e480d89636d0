"""Confidence bounds for rates."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson_bounds(rate: float, sample_size: int, confidence: float) -> tuple[float, float]:
    """One-sided lower and upper Wilson score bounds of a rate.

    Each bound holds with ``confidence`` by itself; together they hold with ``2 * confidence - 1``.

    :param rate: observed share, 0 to 1.
    :param sample_size: number of trials, at least 1.
    :param confidence: one-sided level, 0.5 (no guard: both bounds near the rate) up to below 1.
    :raises ValueError: for a rate outside 0 to 1 or an empty sample.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    JASA 22(158), equation for the score interval, solved in closed form.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate {rate} is not between 0 and 1")
    if sample_size < 1:
        raise ValueError(f"sample size {sample_size} is not at least 1")
    z = NormalDist().inv_cdf(confidence)
    shrink = 1 + z * z / sample_size
    centre = (rate + z * z / (2 * sample_size)) / shrink
    spread = z * sqrt(rate * (1 - rate) / sample_size + z * z / (4 * sample_size**2)) / shrink
    return max(0.0, centre - spread), min(1.0, centre + spread)
