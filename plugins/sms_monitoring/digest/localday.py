"""A calendar day somewhere, as the UTC hours that the tables are kept in: 23, 24 or 25 of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sms_monitoring.timeframe import HOUR, Window, contiguous, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One date in one IANA time zone.

    ``window`` holds the UTC hours that begin on that date: where the zone's offset is not in whole hours,
    each hour belongs to the day it begins in, so that no hour counts twice or not at all.
    """

    date: date
    zone: ZoneInfo
    window: Window

    def hours(self) -> list[datetime]:
        """The start of each hour of the day, in UTC."""
        return self.window.hours()

    def label(self, moment: datetime) -> str:
        """``moment`` as the day's clock showed it, "14:05"; with the zone where that time came twice, "01:05 EST"."""
        local = moment.astimezone(self.zone)
        return f"{local:%H:%M %Z}" if _twice(local) else f"{local:%H:%M}"

    def ranges(self, hours: Iterable[datetime]) -> list[str]:
        """Hours of the day as the fewest spans, each "02:00–05:00"."""
        return [f"{self.label(span.start)}–{self._end_label(span.end)}" for span in contiguous(hours)]

    def _end_label(self, end: datetime) -> str:
        return "24:00" if end == self.window.end and end.astimezone(self.zone).time() == time.min else self.label(end)


def local_day(day: date, timezone: str) -> LocalDay:
    """The hours of ``day`` in ``timezone``.

    :raises ValueError: for a name that is no IANA time zone, and for a date that the zone skipped.
    """
    zone = _zone(timezone)
    return LocalDay(day, zone, Window(_first_hour(day, zone), _first_hour(day + timedelta(days=1), zone)))


def yesterday(timezone: str, now: datetime) -> date:
    """The last date that is over in ``timezone`` at ``now`` (a time with a zone): what a digest is about."""
    return now.astimezone(_zone(timezone)).date() - timedelta(days=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone; write it like Europe/Berlin or America/New_York") from error


def _first_hour(day: date, zone: ZoneInfo) -> datetime:
    """The first whole UTC hour at or after the day's midnight."""
    midnight = datetime.combine(day, time.min, zone).astimezone(UTC)
    hour = floor_hour(midnight)
    return hour if hour == midnight else hour + HOUR


def _twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
