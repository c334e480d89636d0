"""Where users live, and the conversion between their wall clocks and UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from sms_monitoring.simulator.arrays import SECOND, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.simulator.arrays import Ints

# IANA zone → share of users. Spread so that in every hour of the day many users are awake somewhere. Among them
# zones with half and quarter hours (Kolkata, Kathmandu, Chatham), a half-hour DST (Lord Howe), DST on the southern
# half of the world, and DST that starts at midnight (Santiago, Cairo).
ZONES: dict[str, float] = {
    "Pacific/Honolulu": 3,
    "America/Anchorage": 3,
    "America/Los_Angeles": 14,
    "America/Denver": 5,
    "America/Chicago": 12,
    "America/Mexico_City": 3,
    "America/New_York": 20,
    "America/Bogota": 2,
    "America/Santiago": 2,
    "America/Sao_Paulo": 6,
    "America/St_Johns": 2,
    "Atlantic/Azores": 2,
    "Europe/London": 9,
    "Europe/Paris": 6,
    "Europe/Berlin": 8,
    "Africa/Lagos": 2,
    "Africa/Cairo": 2,
    "Europe/Athens": 2,
    "Africa/Nairobi": 2,
    "Asia/Dubai": 3,
    "Asia/Karachi": 3,
    "Asia/Kolkata": 5,
    "Asia/Kathmandu": 2,
    "Asia/Dhaka": 2,
    "Asia/Bangkok": 3,
    "Asia/Singapore": 4,
    "Asia/Shanghai": 3,
    "Asia/Tokyo": 5,
    "Australia/Adelaide": 2,
    "Australia/Sydney": 5,
    "Australia/Lord_Howe": 2,
    "Pacific/Auckland": 4,
    "Pacific/Chatham": 2,
    "Pacific/Apia": 2,
}


class WallClocks:
    """Converts between UTC and the local time of every zone in :data:`ZONES`, for a range of days.

    :param first: first day that will be asked for.
    :param last: last day that will be asked for.
    """

    def __init__(self, first: date, last: date) -> None:
        # A zone: the UTC times from which each of its offsets holds, and those offsets, both in microseconds.
        self._eras = [_eras(ZoneInfo(name), first, last) for name in ZONES]

    def to_utc(self, zone: Ints, local: Ints) -> Ints:
        """UTC times of ``local`` wall clock times in the zones numbered ``zone``.

        A wall clock time that DST shows twice is the first of the two; one that DST leaves out is as much later
        as the clock was put forward (PEP 495, fold=0).
        """
        result = np.empty_like(local)
        for rows, (starts, offsets) in self._by_zone(zone):
            before, after = offsets[:-1], offsets[1:]
            era = np.searchsorted(starts[1:] + np.maximum(before, after), local[rows], side="right")
            result[rows] = local[rows] - offsets[era]
        return result

    def to_local(self, zone: Ints, utc: Ints) -> Ints:
        """What wall clocks in the zones numbered ``zone`` show at ``utc``."""
        result = np.empty_like(utc)
        for rows, (starts, offsets) in self._by_zone(zone):
            result[rows] = utc[rows] + offsets[np.searchsorted(starts[1:], utc[rows], side="right")]
        return result

    def _by_zone(self, zone: Ints) -> Iterator[tuple[Ints, tuple[Ints, Ints]]]:
        order = np.argsort(zone, kind="stable")
        edges = np.searchsorted(zone[order], np.arange(len(self._eras) + 1))
        for number, eras in enumerate(self._eras):
            if edges[number] < edges[number + 1]:
                yield order[edges[number] : edges[number + 1]], eras


def _eras(zone: ZoneInfo, first: date, last: date) -> tuple[Ints, Ints]:
    # Two days on either side hold every UTC time that a local time of the range can mean.
    moment = datetime.combine(first, time(), UTC) - timedelta(days=2)
    end = datetime.combine(last, time(), UTC) + timedelta(days=3)
    starts, offsets = [to_micros(moment)], [_offset(zone, moment)]
    while moment < end:
        after = moment + timedelta(days=1)
        if _offset(zone, after) != offsets[-1]:
            starts.append(to_micros(_change_between(zone, moment, after)))
            offsets.append(_offset(zone, after))
        moment = after
    return np.array(starts), np.array(offsets)


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds()) * SECOND
