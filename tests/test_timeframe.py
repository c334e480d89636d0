from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pendulum
import pytest

from sms_monitoring.timeframe import HOUR, Window, contiguous, floor_hour
from tests.product import at


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (at("10:59"), at("10:00")),
        (at("10:00"), at("10:00")),
        (datetime(2026, 3, 10, 12, 30, tzinfo=timezone(timedelta(hours=2))), at("10:00")),
        (datetime(2026, 3, 10, 16, 15, tzinfo=timezone(timedelta(hours=5, minutes=45))), at("10:00")),
        (pendulum.datetime(2026, 3, 10, 10, 59), at("10:00")),
    ],
)
def test_the_hour_of_a_moment_is_a_plain_utc_time(moment, hour):
    found = floor_hour(moment)
    assert found == hour
    assert type(found) is datetime
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        floor_hour(datetime(2026, 3, 10, 10))


def test_a_window_lists_its_hours():
    window = Window.covering(pendulum.datetime(2026, 3, 10, 10), pendulum.datetime(2026, 3, 10, 12))
    assert window.hours() == [at("10:00"), at("11:00")]
    assert Window.covering(at("10:20"), at("11:10")) == Window(at("10:00"), at("12:00"))
    assert window.reaching_back(3 * HOUR) == Window(at("09:00"), at("12:00"))


@pytest.mark.parametrize("ends", [("10:00", "10:00"), ("11:00", "10:00"), ("10:30", "11:00")])
def test_an_empty_backward_or_ragged_window_is_refused(ends):
    with pytest.raises(ValueError, match=r"before it begins|not the start of a UTC hour"):
        Window(*map(at, ends))


def test_hours_join_into_the_fewest_windows():
    hours = [at(text) for text in ("12:00", "08:00", "09:00", "09:00", "10:00")]
    assert contiguous(hours) == [Window(at("08:00"), at("11:00")), Window(at("12:00"), at("13:00"))]
    assert contiguous([]) == []
