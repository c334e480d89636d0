"""What a drill expects, what was heard, and what came of it. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Whom a message in a channel reaches.
AUDIENCE = {
    "pagerduty": "who is on call",
    "slack": "the team",
    "email": "the team, by mail",
    "heartbeat": "who watches from outside",
    "sentry": "who writes the code",
}
# What a service that waits for signs of life says when they stop. An alert type of its own, not of the bundle's.
SILENCE = "heartbeat_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that one channel was told.

    :param at: when it arrived.
    :param about: the alert type; the headline where it is none that is known; in Sentry, the class of the error.
    :param entity: what of: a DAG, a channel, a view; empty where the message names none.
    :param over: whether it was told that it is over.
    """

    at: datetime
    channel: str
    about: str
    entity: str = ""
    over: bool = False

    def __str__(self) -> str:
        return (
            f"{self.channel}: {self.about}{f' ({self.entity})' if self.entity else ''}{', over' if self.over else ''}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody who must be told.

    :param about: the alert type.
    :param entity: of which thing; empty: of any.
    :param ends: whether its end must be told too, once all is mended.
    :param shipped: after how long it is told with the intervals as shipped.
    """

    channel: str
    about: str
    entity: str = ""
    ends: bool = True
    shipped: str

    def is_met_by(self, told: Told, *, over: bool) -> bool:
        """Whether ``told`` is what is expected: its beginning or, ``over``, its end."""
        same = (told.channel, told.about, told.over) == (self.channel, self.about, over)
        return same and self.entity in ("", told.entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one drill.

    :param trouble: what was broken, in a few words.
    :param broken_at: None where nothing is broken in this drill.
    :param told: all that was heard from then on.
    :param tolerated: alert types that may be told besides.
    :param problems: what else went wrong, a sentence each.
    """

    name: str
    trouble: str
    broken_at: datetime
    mended_at: datetime | None
    expected: tuple[Expected, ...]
    told: tuple[Told, ...]
    tolerated: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
