"""The table for people and the JSON for programs. Pure but for the printing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from drills.model import AUDIENCE
from drills.verdict import faults, seconds_until_over, seconds_until_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.model import Result

HEADINGS = ("drill", "told", "by", "of", "after", "over after", "with shipped intervals")


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """One row an expected message, under :data:`HEADINGS`; a drill in which nobody may be told is one row."""
    found: list[tuple[str, ...]] = []
    for result in results:
        for number, one in enumerate(result.expected):
            entity = f" ({one.entity})" if one.entity else ""
            over = _seconds(seconds_until_over(result, one)) if one.ends and result.mended_at else ""
            found.append(
                (
                    "" if number else result.trouble,
                    AUDIENCE.get(one.channel, one.channel),
                    one.channel,
                    f"{one.about}{entity}",
                    _seconds(seconds_until_told(result, one)),
                    over,
                    one.shipped,
                )
            )
        if not result.expected:
            # An end of what never began tells nobody anything.
            somebody = any(not told.over for told in result.told)
            found.append((result.trouble, "SOMEBODY" if somebody else "nobody", "", "", "", "", ""))
    return found


def table(results: Sequence[Result]) -> Table:
    """The rows, to be printed."""
    made = Table(*HEADINGS, title="Who is told", title_justify="left")
    for row in rows(results):
        made.add_row(*row)
    return made


def as_json(results: Sequence[Result], seconds: float) -> dict[str, Any]:
    """The last line: how many drills were told as they should be, and after how many seconds by which channel."""
    wrong = {result.name: found for result in results if (found := faults(result))}
    return {
        "drills": len(results),
        "as_expected": len(results) - len(wrong),
        "seconds_until_told": {
            result.name: {
                f"{one.channel} {one.about}": _rounded(seconds_until_told(result, one)) for one in result.expected
            }
            for result in results
            if result.expected
        },
        "faults": wrong,
        "seconds": round(seconds),
    }


def _seconds(value: float | None) -> str:
    return "NEVER" if value is None else f"{value:.0f} s"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
