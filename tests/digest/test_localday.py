from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from sms_monitoring.digest.localday import local_day, yesterday
from tests.digest.rows import utc


@pytest.mark.parametrize(
    ("day", "zone", "first", "end", "hours"),
    [
        ("2025-03-08", "UTC", "2025-03-08 00:00", "2025-03-09 00:00", 24),
        ("2025-03-08", "America/New_York", "2025-03-08 05:00", "2025-03-09 05:00", 24),
        ("2025-03-09", "America/New_York", "2025-03-09 05:00", "2025-03-10 04:00", 23),
        ("2025-11-02", "America/New_York", "2025-11-02 04:00", "2025-11-03 05:00", 25),
        ("2025-03-30", "Europe/Berlin", "2025-03-29 23:00", "2025-03-30 22:00", 23),
        ("2025-10-26", "Europe/Berlin", "2025-10-25 22:00", "2025-10-26 23:00", 25),
        # Midnight itself is skipped: the day begins at 01:00.
        ("2025-04-25", "Africa/Cairo", "2025-04-24 22:00", "2025-04-25 21:00", 23),
        # An offset of half an hour: the day takes the UTC hours that begin in it.
        ("2025-06-01", "Asia/Kolkata", "2025-05-31 19:00", "2025-06-01 19:00", 24),
    ],
)
def test_a_local_day_is_these_utc_hours(day, zone, first, end, hours):
    window = local_day(date.fromisoformat(day), zone).window
    assert (window.start, window.end, len(window.hours())) == (utc(first), utc(end), hours)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_the_days_of_a_year_share_no_hour_and_leave_none_out(zone):
    days = [local_day(date.fromordinal(date(2025, 1, 1).toordinal() + n), zone) for n in range(366)]
    assert all(day.window.end == after.window.start for day, after in pairwise(days))


def test_hours_are_named_by_the_local_clock():
    day = local_day(date(2025, 6, 1), "America/New_York")
    assert day.label(utc("2025-06-01 04:00")) == "00:00"
    assert day.ranges([utc("2025-06-01 06:00"), utc("2025-06-01 04:00"), utc("2025-06-01 05:00")]) == ["00:00–03:00"]
    assert day.ranges([utc("2025-06-02 03:00"), utc("2025-06-01 18:00")]) == ["14:00–15:00", "23:00–24:00"]


def test_the_hour_that_comes_twice_says_which_one_it_is():
    day = local_day(date(2025, 11, 2), "America/New_York")
    labels = [day.label(hour) for hour in day.hours()]
    assert labels[:4] == ["00:00", "01:00 EDT", "01:00 EST", "02:00"]
    assert len(set(labels)) == 25


def test_yesterday_is_the_last_day_that_is_over_there():
    assert yesterday("UTC", utc("2025-06-02 03:00")) == date(2025, 6, 1)
    assert yesterday("America/New_York", utc("2025-06-02 03:00")) == date(2025, 5, 31)
    assert yesterday("Asia/Tokyo", utc("2025-06-01 16:00")) == date(2025, 6, 1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "/etc/passwd", "berlin"])
def test_an_unknown_zone_is_named(name):
    with pytest.raises(ValueError, match="no IANA time zone; write it like Europe/Berlin"):
        local_day(date(2025, 6, 1), name)
