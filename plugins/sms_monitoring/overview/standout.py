"""Which carriers or campaigns a fault is at: those that are significantly worse than all others together. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_monitoring.alerts.statistics import wilson_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.overview.model import Slice

# Carriers before campaigns: the fault of a carrier shows in every campaign, not the other way round.
DIMENSIONS = ("carrier", "campaign")
MOST_NAMED = 3
# Of many values, some are always worst: one-sided, and stricter than an alert's 0.95.
CONFIDENCE = 0.99
MINIMUM = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """Where the fault is.

    :param alone: the others are well; else these are only the worst.
    """

    dimension: str
    names: tuple[str, ...]
    alone: bool


def find(slices: Sequence[Slice], limit: float | None) -> Standout | None:
    """The few values of one dimension that are to blame; None where none stands out, or there is none beside it.

    The worst ones are taken together until the others are within ``limit``. Each of them must be past it, and its
    rate's confidence bound clear that of the others (Wilson).

    :param limit: the share of bad messages, 0 to 1, that is tolerated.
    """
    if limit is None:
        return None
    for dimension in DIMENSIONS:
        if found := _find_in([each for each in slices if each.dimension == dimension and each.total], limit, dimension):
            return found
    return None


def _find_in(slices: list[Slice], limit: float, dimension: str) -> Standout | None:
    ranked = sorted(slices, key=lambda each: (-each.bad / each.total, -each.total, each.name))
    worst: Standout | None = None
    for named in range(1, min(MOST_NAMED, len(ranked) - 1) + 1):
        blamed, others = ranked[:named], ranked[named:]
        if not all(_is_worse(each, others, limit) for each in blamed):
            break
        total, bad = _sum(others)
        found = Standout(dimension=dimension, names=tuple(each.name for each in blamed), alone=bad <= limit * total)
        if found.alone:
            return found
        worst = worst or found
    return worst


def _is_worse(one: Slice, others: list[Slice], limit: float) -> bool:
    total, bad = _sum(others)
    if one.total < MINIMUM or one.bad <= limit * one.total:
        return False
    lower, _ = wilson_bounds(_share(one.bad, one.total), one.total, CONFIDENCE)
    _, upper = wilson_bounds(_share(bad, total), total, CONFIDENCE)
    return lower > upper


def _share(bad: int, total: int) -> float:
    # Receipts may outnumber what was sent in these hours.
    return min(1.0, max(0.0, bad / total))


def _sum(slices: list[Slice]) -> tuple[int, int]:
    return sum(each.total for each in slices), sum(each.bad for each in slices)
