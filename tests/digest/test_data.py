from __future__ import annotations

from datetime import date

import pytest

from sms_monitoring.digest.data import read_digest
from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT, Threshold
from tests.digest.rows import in_hour, incident, timed, users, utc

DAY = date(2025, 6, 10)


def test_a_day_is_the_sum_of_its_local_hours(db):
    in_hour(db, "2025-06-10 03:00", sent=1000)  # still 9 June in New York
    in_hour(db, "2025-06-10 04:00", scheduled=12, sent=10, delivered=9, failed=1, llm_cost_usd=0.5)
    in_hour(db, "2025-06-11 03:00", scheduled=8, sent=10, delivered=7, failed=2, llm_cost_usd=0.25)
    in_hour(db, "2025-06-11 04:00", sent=1000)  # 11 June already
    in_hour(db, "2025-06-10 05:00", carrier="AT&T", sent=1000)  # another dimension

    today = read_digest(db, DAY, "America/New_York").today

    assert (today.days, today.daily("scheduled_count"), today.daily("sent_count")) == (1, 20, 20)
    assert today.delivery_rate == 80
    assert today.daily("llm_cost_usd") == 0.75
    assert today.per_sent("llm_cost_usd") == 0.0375


@pytest.mark.parametrize(
    ("day", "zone", "outside", "inside", "hours"),
    [
        (
            date(2025, 3, 9),
            "America/New_York",
            ["2025-03-09 04:00", "2025-03-10 04:00"],
            ["2025-03-09 05:00", "2025-03-10 03:00"],
            23,
        ),
        (
            date(2025, 11, 2),
            "America/New_York",
            ["2025-11-02 03:00", "2025-11-03 05:00"],
            ["2025-11-02 04:00", "2025-11-02 05:00", "2025-11-02 06:00", "2025-11-03 04:00"],
            25,
        ),
        (
            date(2025, 3, 30),
            "Europe/Berlin",
            ["2025-03-29 22:00", "2025-03-30 22:00"],
            ["2025-03-29 23:00", "2025-03-30 21:00"],
            23,
        ),
        (
            date(2025, 10, 26),
            "Europe/Berlin",
            ["2025-10-25 21:00", "2025-10-26 23:00"],
            ["2025-10-25 22:00", "2025-10-26 00:00", "2025-10-26 01:00", "2025-10-26 22:00"],
            25,
        ),
    ],
)
@pytest.mark.parametrize("session_zone", ["UTC", "America/New_York", "Europe/Berlin"])
def test_a_day_when_the_clocks_change_has_all_its_hours_and_no_others(
    db, day, zone, outside, inside, hours, session_zone
):
    for hour in outside:
        in_hour(db, hour, sent=1000)
    for hour in inside:
        in_hour(db, hour, sent=1)
        users(db, hour, f"user of {hour}")
    db.execute(f"SET timezone = '{session_zone}'")

    data = read_digest(db, day, zone)

    assert data.today.total("sent_count") == len(inside) == data.today.active_users
    assert len(data.hours) == hours
    assert [hour.start for hour in data.hours if hour.sent] == [utc(hour) for hour in inside]


def test_active_users_are_counted_once_a_day_and_the_system_is_none(db):
    in_hour(db, "2025-06-10 08:00", sent=4)
    users(db, "2025-06-10 08:00", "ann", "bob", None)
    users(db, "2025-06-10 09:00", "ann")
    users(db, "2025-06-11 00:00", "carol")
    assert read_digest(db, DAY, "UTC").today.active_users == 2


def test_users_that_retention_dropped_are_not_known_rather_than_none(db):
    in_hour(db, "2025-06-10 08:00", sent=4, llm_cost_usd=1)
    today = read_digest(db, DAY, "UTC").today
    assert (today.active_users, today.per_user("llm_cost_usd")) == (None, None)


def test_percentiles_are_those_of_the_whole_day_not_averages_of_hours(db):
    timed(db, "2025-06-10 08:00", "avg_delivery_time_ms", ms1000=98)
    timed(db, "2025-06-10 09:00", "avg_delivery_time_ms", ms60000=2)
    today = read_digest(db, DAY, "UTC").today
    assert today.p50["avg_delivery_time_ms"] == pytest.approx(1000, rel=0.025)
    assert today.p95["avg_delivery_time_ms"] == pytest.approx(1000, rel=0.025)


def test_the_week_is_an_average_day_of_the_seven_before_that_have_data(db):
    in_hour(db, "2025-06-10 08:00", sent=1000, delivered=0)  # the day itself is not in it
    in_hour(db, "2025-06-09 08:00", sent=30, delivered=30)
    in_hour(db, "2025-06-03 08:00", sent=10, delivered=0)
    in_hour(db, "2025-06-02 08:00", sent=1000)  # eight days before
    users(db, "2025-06-09 08:00", "ann", "bob", "carol")
    users(db, "2025-06-03 08:00", "ann")

    week = read_digest(db, DAY, "UTC").week

    assert week.days == 2
    assert week.daily("sent_count") == 20
    assert week.delivery_rate == 75, "of all messages, not the mean of two days' rates"
    assert week.active_users == 2
    assert week.daily("failed_count") == 0


def test_the_trend_has_a_gap_where_a_day_has_no_traffic(db):
    in_hour(db, "2025-05-28 08:00", sent=10, delivered=9)
    in_hour(db, "2025-06-10 08:00", sent=10, delivered=8)
    trend = read_digest(db, DAY, "UTC").trend
    assert [day for day, _ in trend][:: len(trend) - 1] == [date(2025, 5, 28), DAY]
    assert [period.delivery_rate for _, period in trend] == [90] + [None] * 12 + [80]


def test_nothing_at_all_is_nothing_known(db):
    data = read_digest(db, DAY, "UTC")
    assert not data.has_traffic
    assert (data.today.days, data.before.days, data.week.days) == (0, 0, 0)
    assert data.today.daily("sent_count") is data.today.delivery_rate is data.week.active_users is None
    assert len(data.missing_hours) == 24
    assert (data.carriers, data.campaigns, data.incidents) == ((), (), ())
    assert data.freshness.newest_hour is None


def test_an_hour_is_missing_without_a_row_for_scheduled_or_sent(db):
    for hour in range(24):
        if hour == 5:
            in_hour(db, f"2025-06-10 {hour:02}:00", scheduled=1)
        elif hour == 9:
            in_hour(db, f"2025-06-10 {hour:02}:00", delivered=1)
        elif hour != 17:
            in_hour(db, f"2025-06-10 {hour:02}:00", sent=1)
    data = read_digest(db, DAY, "UTC")
    assert data.missing_hours == [utc("2025-06-10 09:00"), utc("2025-06-10 17:00")]


def test_an_hour_is_lost_only_where_there_usually_is_data_at_that_local_time(db):
    for day in range(3, 10):
        in_hour(db, f"2025-06-{day:02} 16:00", sent=1)  # noon in New York, all the week
    for day in range(6, 10):
        in_hour(db, f"2025-06-{day:02} 17:00", sent=1)  # 13:00, but not a week ago: other traffic on that weekday
    in_hour(db, "2025-06-03 18:00", sent=1)  # 14:00, once
    in_hour(db, "2025-06-10 20:00", sent=1)

    data = read_digest(db, DAY, "America/New_York")

    assert len(data.missing_hours) == 23
    assert data.lost_hours == [utc("2025-06-10 16:00")]


def test_carriers_and_campaigns_come_busiest_first_with_the_day_before(db):
    in_hour(db, "2025-06-10 08:00", carrier="Small", sent=10, delivered=10)
    in_hour(db, "2025-06-10 08:00", carrier="Big", sent=60, delivered=30, failed=20)
    in_hour(db, "2025-06-10 09:00", carrier="Big", sent=40, delivered=40)
    in_hour(db, "2025-06-09 08:00", carrier="Big", sent=100, delivered=95)
    in_hour(db, "2025-06-09 08:00", carrier="Gone", sent=100, delivered=95)
    in_hour(db, "2025-06-10 08:00", campaign="Hello", opt_out=3)

    data = read_digest(db, DAY, "UTC")

    assert [(each.name, each.sent, each.failed) for each in data.carriers] == [("Big", 100, 20), ("Small", 10, 0)]
    assert [each.delivery_rate for each in data.carriers] == [70, 100]
    assert [each.delivery_rate_before for each in data.carriers] == [95, None]
    assert [(each.name, each.sent, each.opt_outs, each.delivery_rate) for each in data.campaigns] == [
        ("Hello", 0, 3, None)
    ]


def test_the_day_s_incidents_are_those_open_at_any_time_of_it(db):
    incident(db, "before", "2025-06-09 08:00", "2025-06-10 00:00")
    incident(db, "into_it", "2025-06-09 20:00", "2025-06-10 02:00")
    incident(db, "in_it", "2025-06-10 08:00", "2025-06-10 09:00")
    incident(db, "still_open", "2025-06-10 10:00")
    incident(db, "after", "2025-06-11 00:00")
    found = read_digest(db, DAY, "UTC").incidents
    assert [(each.alert_type, each.resolved_at is None) for each in found] == [
        ("into_it", False),
        ("in_it", False),
        ("still_open", True),
    ]


def test_thresholds_are_those_in_force(db):
    db.execute("UPDATE sms_alert_thresholds SET threshold_value = 85 WHERE alert_type = 'delivery_rate_critical'")
    db.execute("UPDATE sms_alert_thresholds SET enabled = false WHERE alert_type = 'llm_failure_critical'")
    thresholds = read_digest(db, DAY, "UTC").thresholds
    assert thresholds == {DELIVERY_ALERT: Threshold(value=85, operator="<", minimum_sample=30)}
    assert LLM_ALERT not in thresholds


def test_freshness_says_how_far_the_data_reaches(db):
    in_hour(db, "2025-06-10 23:00", sent=1)
    in_hour(db, "2025-06-11 04:00", sent=1)
    db.execute("INSERT INTO sms_source_watermarks VALUES ('delivery', %s)", (utc("2025-06-11 05:01"),))
    db.execute("INSERT INTO sms_source_watermarks VALUES ('generation', %s)", (utc("2025-06-11 04:59"),))
    for hour in ("2025-06-10 22:00", "2025-06-10 22:00", "2025-06-11 00:00"):
        db.execute("INSERT INTO sms_dirty_hours (family, metric_hour) VALUES ('delivery', %s)", (utc(hour),))
    freshness = read_digest(db, DAY, "UTC").freshness
    assert freshness.newest_hour == utc("2025-06-11 04:00")
    assert freshness.source_read_through == utc("2025-06-11 04:59")
    assert freshness.hours_waiting == 1
