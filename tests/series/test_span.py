from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.span import RANGES, coarser, explicit_span, iso, named_span
from tests.digest.rows import utc

NOW = utc("2026-03-10 14:25")
HOUR = timedelta(hours=1)


def edges(span):
    return iso(span.start), iso(span.end), span.step_name, len(span.steps())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("24h", ("2026-03-09T14:00:00Z", "2026-03-10T14:00:00Z", "1h", 24)),
        ("7d", ("2026-03-03T14:00:00Z", "2026-03-10T14:00:00Z", "1h", 168)),
        # The quarter day and the day that are not over are the last of so many.
        ("30d", ("2026-02-08T18:00:00Z", "2026-03-10T14:00:00Z", "6h", 120)),
        ("90d", ("2025-12-11T00:00:00Z", "2026-03-10T14:00:00Z", "1d", 90)),
    ],
)
def test_a_range_ends_with_the_last_hour_that_is_over(name, expected):
    assert edges(named_span(name, NOW)) == expected


def test_the_last_step_is_cut_short_where_it_is_not_over():
    begin, end = named_span("90d", NOW).steps()[-1]
    assert (iso(begin), iso(end)) == ("2026-03-10T00:00:00Z", "2026-03-10T14:00:00Z")


def test_at_midnight_the_last_day_is_whole():
    assert edges(named_span("90d", utc("2026-03-10 00:10"))) == (
        "2025-12-10T00:00:00Z",
        "2026-03-10T00:00:00Z",
        "1d",
        90,
    )


def test_no_range_gives_more_points_than_a_chart_shows_well():
    assert max(len(named_span(name, NOW).steps()) for name in RANGES) <= 200


def test_days_go_on_over_the_end_of_a_month_and_a_leap_day():
    span = explicit_span(utc("2024-02-27 00:00"), utc("2024-03-02 00:00"), NOW, "1d")
    assert [f"{begin:%m-%d}" for begin, _ in span.steps()] == ["02-27", "02-28", "02-29", "03-01"]


def test_a_start_within_a_step_is_that_step_s_beginning_and_the_end_is_the_hour_that_holds_it():
    span = explicit_span(utc("2026-03-01 07:30"), utc("2026-03-05 10:01"), NOW, "6h")
    assert edges(span) == ("2026-03-01T06:00:00Z", "2026-03-05T11:00:00Z", "6h", 17)


def test_times_of_any_zone_are_utc():
    india = timezone(timedelta(hours=5, minutes=30))
    span = explicit_span(datetime(2026, 3, 1, 5, 30, tzinfo=india), datetime(2026, 3, 2, 5, 30, tzinfo=india), NOW)
    assert edges(span) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "1h", 24)


def test_an_end_to_come_is_now():
    span = explicit_span(utc("2026-03-09 00:00"), utc("2027-01-01 00:00"), NOW)
    assert (iso(span.end), span.current) == ("2026-03-10T14:00:00Z", True)
    assert not explicit_span(utc("2026-03-08 00:00"), utc("2026-03-09 00:00"), NOW).current


@pytest.mark.parametrize(("days", "step"), [(1, "1h"), (8, "1h"), (9, "6h"), (50, "6h"), (51, "1d"), (400, "1d")])
def test_without_a_step_it_is_the_shortest_that_a_chart_shows_well(days, step):
    assert explicit_span(NOW - timedelta(days=days), NOW, NOW).step_name == step


@pytest.mark.parametrize(
    ("parameter", "words", "start", "end", "step"),
    [
        ("start", "not before end", utc("2026-03-02 00:00"), utc("2026-03-02 00:00"), None),
        ("start", "start to end is 401 days", utc("2025-01-01 00:00"), utc("2026-02-06 00:00"), None),
        ("start", "not over yet", utc("2026-03-10 14:10"), utc("2026-03-11 00:00"), None),
        ("start", "no time zone", datetime(2026, 3, 1), utc("2026-03-02 00:00"), None),
        ("end", "between 1970 and 9998", utc("2026-03-01 00:00"), datetime.max.replace(tzinfo=UTC), None),
        ("start", "between 1970", datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), NOW, None),
        ("step", "no step '5m'", utc("2026-03-01 00:00"), utc("2026-03-02 00:00"), "5m"),
        ("step", "at most 2,000", utc("2025-12-01 00:00"), utc("2026-03-02 00:00"), "1h"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_the_parameter(parameter, words, start, end, step):
    with pytest.raises(SeriesError) as refused:
        explicit_span(start, end, NOW, step)
    assert refused.value.parameter == parameter
    assert words in str(refused.value)


def test_a_range_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="range: there is no range '1y'; use 24h, 7d, 30d or 90d"):
        named_span("1y", NOW)


def test_coarser_steps_begin_with_the_step_that_holds_the_start():
    assert edges(coarser(named_span("7d", NOW), 48)) == ("2026-03-03T12:00:00Z", "2026-03-10T14:00:00Z", "6h", 29)
    assert edges(coarser(named_span("24h", NOW), 48)) == edges(named_span("24h", NOW))
    assert coarser(named_span("90d", NOW), 48).step_name == "1d"
