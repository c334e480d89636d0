"""One drill: break, listen, mend, listen."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from drills import intervals
from drills.model import Result
from drills.verdict import all_over, all_told, faults

if TYPE_CHECKING:
    from drills.drills import Drill
    from drills.model import Told
    from drills.scene import Scene

# The product's own alerts: its traffic may have a bad hour by chance, of which no drill says anything.
OF_THE_PRODUCT = frozenset(
    {
        "delivery_rate_critical",
        "llm_failure_critical",
        "opt_out_rate_warning",
        "llm_cost_spike_warning",
        "daily_limit_hit_warning",
    }
)


def carry_out(scene: Scene, drill: Drill) -> Result:
    """Carry out one drill; whatever it meets with is in the result."""
    steps = scene.stack.steps
    began = datetime.now(UTC)
    mended = None
    problems: list[str] = []
    with ExitStack() as stack:
        with steps.step(f"{drill.name}: {drill.trouble}"):
            drill.begin(scene, stack)
            limit = drill.told_within if drill.expected else intervals.WELL_FOR
            enough = partial(all_told, drill.expected) if drill.expected else (lambda _: False)
            heard = scene.listen(began, limit, enough)
        for told, more in first_of_each(heard):
            steps.say(f"    {(told.at - began).total_seconds():5.1f} s  {told}{f', and {more} more' if more else ''}")
        if drill.mend is not None:
            mended = datetime.now(UTC)
            with steps.step(f"{drill.name}: mended"):
                drill.mend(scene)
                scene.listen(mended, intervals.OVER_WITHIN, partial(all_over, drill.expected))
        problems += drill.afterwards(scene)
    heard = scene.heard(began)
    result = Result(
        name=drill.name,
        trouble=drill.trouble,
        broken_at=began,
        mended_at=mended,
        expected=drill.expected,
        told=tuple(heard),
        tolerated=drill.tolerated | OF_THE_PRODUCT,
        problems=tuple(problems),
    )
    for fault in faults(result):
        steps.say(f"    FAULT: {fault}")
    return result


def first_of_each(heard: list[Told]) -> list[tuple[Told, int]]:
    """The first of what each channel was told of the same alert type, and how many more there were."""
    groups: dict[tuple[str, str, bool], list[Told]] = {}
    for told in heard:
        groups.setdefault((told.channel, told.about, told.over), []).append(told)
    return [(group[0], len(group) - 1) for group in groups.values()]
