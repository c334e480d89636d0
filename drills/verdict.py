"""Whether the right ones were told, and nobody of what was not broken. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.model import Expected, Result, Told

if TYPE_CHECKING:
    from collections.abc import Iterable


def seconds_until_told(result: Result, expected: Expected) -> float | None:
    """From the break to the first message; None where it was never told."""
    first = _first(result.told, expected, over=False)
    return None if first is None else (first.at - result.broken_at).total_seconds()


def seconds_until_over(result: Result, expected: Expected) -> float | None:
    """From the repair to the first message that it is over; None where that was never told."""
    if result.mended_at is None:
        return None
    after = [told for told in result.told if told.at >= result.mended_at]
    first = _first(after, expected, over=True)
    return None if first is None else (first.at - result.mended_at).total_seconds()


def all_told(expected: Iterable[Expected], told: Iterable[Told]) -> bool:
    """Whether all who must be told have been."""
    heard = list(told)
    return all(_first(heard, one, over=False) for one in expected)


def all_over(expected: Iterable[Expected], told: Iterable[Told]) -> bool:
    """Whether all who must be told of the end have been."""
    heard = list(told)
    return all(_first(heard, one, over=True) for one in expected if one.ends)


def faults(result: Result) -> list[str]:
    """Everything that is not as it should be, a sentence each; empty when all is well."""
    found = list(result.problems)
    for one in result.expected:
        what = f"{one.about}{f' ({one.entity})' if one.entity else ''}"
        if seconds_until_told(result, one) is None:
            elsewhere = sorted({told.channel for told in result.told if told.about == one.about and not told.over})
            found.append(f"{one.channel} was not told of {what}, {_only(elsewhere)}")
        elif one.ends and result.mended_at and seconds_until_over(result, one) is None:
            found.append(f"{one.channel} was not told that {what} is over")
    known = {one.about for one in result.expected} | result.tolerated
    strange = dict.fromkeys(
        str(told)
        for told in result.told
        # Any code may meet with an error while something is broken; that it is seen is all to the good.
        if told.about not in known and not told.over and (told.channel != "sentry" or not result.expected)
    )
    found += [f"told of what was not broken: {told}" for told in strange]
    return found


def _only(channels: list[str]) -> str:
    return f"only {', '.join(channels)}" if channels else "nor was anybody else"


def _first(told: Iterable[Told], expected: Expected, *, over: bool) -> Told | None:
    return next((one for one in told if expected.is_met_by(one, over=over)), None)
