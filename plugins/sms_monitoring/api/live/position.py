"""How far a listener has heard: the ``id`` of server-sent events. Pure.

It holds all that is needed to find out what happened since, so that any API server can go on where another stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TOO_LARGE = 2**63  # for a bigint
_ID = re.compile(r"2((?:-[0-9]{1,19}){6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What of the database was seen.

    :param at: when, by the database's clock.
    :param oldest: the oldest transaction that ran then; what older ones wrote was seen.
    :param newest: the first transaction that had not begun then.
    :param newest_hour: the newest hour that was aggregated; None: none.
    :param view_refreshed_at: when the daily view was last refreshed; None: it is empty.
    :param checked_at: when checks of the data were last done; None: never.
    """

    at: datetime
    oldest: int
    newest: int
    newest_hour: datetime | None
    view_refreshed_at: datetime | None
    checked_at: datetime | None = None

    def encode(self) -> str:
        """The ``id`` of an event: digits and hyphens."""
        known = (self.at, self.newest_hour, self.view_refreshed_at, self.checked_at)
        moments = (_microseconds(moment) for moment in known)
        return "-".join(map(str, (2, self.oldest, self.newest, *moments)))


def decode(event_id: str) -> Position | None:
    """The position that :meth:`Position.encode` wrote; None when it is none of ours."""
    match = _ID.fullmatch(event_id)
    if match is None:
        return None
    numbers = [int(part) for part in match[1].split("-")[1:]]
    if max(numbers) >= _TOO_LARGE:
        return None
    oldest, newest, at, newest_hour, view_refreshed_at, checked_at = numbers
    try:
        return Position(
            at=_EPOCH + at * _MICROSECOND,
            oldest=oldest,
            newest=newest,
            newest_hour=_moment(newest_hour),
            view_refreshed_at=_moment(view_refreshed_at),
            checked_at=_moment(checked_at),
        )
    except OverflowError:
        return None


def _moment(microseconds: int) -> datetime | None:
    return _EPOCH + microseconds * _MICROSECOND if microseconds else None


def _microseconds(moment: datetime | None) -> int:
    return (moment - _EPOCH) // _MICROSECOND if moment else 0
