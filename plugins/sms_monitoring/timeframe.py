"""Hours and windows: half-open UTC intervals on whole hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HOUR = timedelta(hours=1)


def floor_hour(moment: datetime) -> datetime:
    """The start of the UTC hour that holds ``moment``: a plain datetime, whatever Airflow's pendulum hands in.

    :raises ValueError: for a time without a zone: it could mean any hour.
    """
    if moment.tzinfo is None:
        raise ValueError(f"time {moment.isoformat()} has no time zone; write it like 2026-03-29T10:00:00+00:00")
    return datetime.fromtimestamp(int(moment.timestamp()) // 3600 * 3600, UTC)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The whole hours from ``start`` up to, not including, ``end``; both UTC.

    :raises ValueError: when an end is not on a whole UTC hour, or the window is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if floor_hour(moment) != moment:
                raise ValueError(f"{moment.isoformat()} is not the start of a UTC hour")
        if self.start >= self.end:
            raise ValueError(f"window ends ({self.end.isoformat()}) before it begins ({self.start.isoformat()})")

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"

    def hours(self) -> list[datetime]:
        """The start of each hour, in order."""
        count = round((self.end - self.start) / HOUR)
        return [self.start + index * HOUR for index in range(count)]

    def reaching_back(self, length: timedelta) -> Window:
        """The window of ``length`` with the same end."""
        return Window(self.end - length, self.end)

    @classmethod
    def covering(cls, start: datetime, end: datetime) -> Window:
        """The whole hours that hold any of ``start`` to ``end``, times in any zone."""
        last = floor_hour(end)
        return cls(floor_hour(start), last if last == end else last + HOUR)


# Every hour that the tables can hold; times outside it are no times of messages.
EVER = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


def contiguous(hours: Iterable[datetime]) -> list[Window]:
    """Hours, in any order and repeated or not, as the fewest windows that hold just them."""
    windows: list[Window] = []
    for hour in sorted({floor_hour(hour) for hour in hours}):
        if windows and windows[-1].end == hour:
            windows[-1] = Window(windows[-1].start, hour + HOUR)
        else:
            windows.append(Window(hour, hour + HOUR))
    return windows
