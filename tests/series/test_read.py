"""Given these rows, these points: read from a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.model import KINDS
from sms_monitoring.series.read import read_breakdown, read_dimension, read_incidents, read_series, read_threshold
from sms_monitoring.series.span import explicit_span, named_span
from tests.digest.rows import in_hour, incident, timed, utc
from tests.series.rows import aggregated, write_days

NOW = utc("2026-03-10 14:25")
DAY = ("2026-03-09 14:00", "2026-03-10 14:00")


def last_day():
    return named_span("24h", NOW)


def between(start, end, step=None):
    return explicit_span(utc(start), utc(end), NOW, step)


def column(series, field):
    return [point[field] for point in series.points]


def newest(conn, name, span=None, *which):
    return read_series(conn, name, span or last_day(), *which).points[-1]


# ── What is known ────────────────────────────────────────────────────────────────────────────


def test_an_hour_without_traffic_is_zero_and_an_hour_that_was_not_aggregated_is_nothing(db):
    aggregated(db, "2026-03-10 10:00", "2026-03-10 12:00")
    in_hour(db, "2026-03-10 11:00", sent=10, delivered=9)
    series = read_series(db, "volume", between("2026-03-10 09:00", "2026-03-10 12:00"))
    assert column(series, "state") == ["missing", "ok", "ok"]
    assert column(series, "sent") == [None, 0, 10]
    assert column(read_series(db, "delivery_rate", series.span), "rate") == [None, None, 90.0]


def test_a_point_says_from_when_to_when_it_is(db):
    point = newest(db, "volume")
    assert (point["at"], point["until"], point["partial"]) == ("2026-03-10T13:00:00Z", "2026-03-10T14:00:00Z", False)


def test_the_newest_hour_is_not_missing_but_still_to_come(db):
    aggregated(db, "2026-03-09 14:00", "2026-03-10 13:00")
    assert column(read_series(db, "volume", last_day()), "state")[-2:] == ["ok", "pending"]
    # An old range has no newest hour that could still come.
    assert newest(db, "volume", between("2026-03-10 10:00", "2026-03-10 11:00"))["state"] == "ok"
    assert newest(db, "volume", between("2026-03-08 10:00", "2026-03-08 11:00"))["state"] == "missing"


def test_what_was_aggregated_before_the_hour_was_over_is_not_known(db):
    aggregated(db, *DAY, after="30 minutes")
    assert {point["state"] for point in read_series(db, "volume", last_day()).points[:-1]} == {"missing"}


def test_a_series_of_two_families_is_known_where_both_are(db):
    aggregated(db, "2026-03-10 10:00", "2026-03-10 12:00", "delivery")
    aggregated(db, "2026-03-10 11:00", "2026-03-10 12:00", "generation")
    series = read_series(db, "cost", between("2026-03-10 10:00", "2026-03-10 12:00"))
    assert column(series, "llm_cost") == [None, 0]


def test_recorded_metrics_are_known_where_recording_is_aggregated(db):
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    aggregated(db, "2026-03-10 10:00", "2026-03-10 12:00", "recorded")
    assert newest(db, "volume", between("2026-03-10 10:00", "2026-03-10 12:00"))["sent"] == 0


def test_what_retention_dropped_is_not_zero(db):
    aggregated(db, "2026-03-08 00:00", "2026-03-10 00:00")
    db.execute(
        "UPDATE sms_retention_policies SET dropped_before = '2026-03-09' WHERE table_name = 'sms_metrics_hourly'"
    )
    series = read_series(db, "volume", between("2026-03-08 00:00", "2026-03-10 00:00", "1d"))
    assert column(series, "sent") == [None, 0]


def test_some_unknown_hours_of_a_step_are_counted(db):
    aggregated(db, "2026-03-09 00:00", "2026-03-09 04:00")
    in_hour(db, "2026-03-09 01:00", sent=5)
    [point] = read_series(db, "volume", between("2026-03-09 00:00", "2026-03-09 06:00", "6h")).points
    assert (point["state"], point["hours_missing"], point["sent"]) == ("ok", 2, 5)


def test_late_data_is_in_the_next_answer(db):
    aggregated(db, *DAY)
    in_hour(db, "2026-03-10 13:00", sent=10, delivered=4)
    assert newest(db, "delivery_rate")["rate"] == 40.0
    db.execute("UPDATE sms_metrics_hourly SET value_sum = 9 WHERE metric_type = 'delivered_count'")
    assert newest(db, "delivery_rate")["rate"] == 90.0


def test_it_says_when_the_newest_hour_was_computed(db):
    assert read_series(db, "volume", last_day()).updated_at is None
    aggregated(db, *DAY, after="65 minutes")
    assert read_series(db, "volume", last_day()).to_json()["updated_at"] == "2026-03-10T14:05:00Z"


# ── The numbers ──────────────────────────────────────────────────────────────────────────────


def test_what_was_sent_and_has_no_outcome_yet_is_unconfirmed(db):
    in_hour(db, "2026-03-10 13:00", scheduled=30, sent=20, delivered=12, failed=3)
    point = newest(db, "volume")
    assert [point[name] for name in KINDS["volume"].fields] == [30, 20, 12, 3, 5]


def test_more_failures_than_messages_sent_leave_none_unconfirmed(db):
    in_hour(db, "2026-03-10 13:00", sent=2, delivered=2, failed=3)
    assert newest(db, "volume")["unconfirmed"] == 0


def test_a_rate_has_a_band_that_holds_it_and_is_wide_for_few(db):
    in_hour(db, "2026-03-10 12:00", sent=10, delivered=10)
    in_hour(db, "2026-03-10 13:00", sent=1000, delivered=970)
    few, many = read_series(db, "delivery_rate", last_day()).points[-2:]
    assert (few["rate"], few["high"]) == (100.0, 100.0)
    assert few["low"] == pytest.approx(72.2, abs=0.1)
    assert (many["low"], many["high"]) == (pytest.approx(95.7, abs=0.1), pytest.approx(97.9, abs=0.1))


def test_a_rate_of_several_hours_is_of_all_their_messages_not_the_mean_of_their_rates(db):
    in_hour(db, "2026-03-09 00:00", sent=900, delivered=900)
    in_hour(db, "2026-03-09 01:00", sent=100, delivered=0)
    [point] = read_series(db, "delivery_rate", between("2026-03-09 00:00", "2026-03-09 06:00", "6h")).points
    assert point["rate"] == 90.0


def test_more_delivered_than_sent_counts_as_all(db):
    in_hour(db, "2026-03-10 13:00", sent=3, delivered=4)
    assert newest(db, "delivery_rate")["rate"] == 100.0


def test_huge_and_tiny_values_stay_what_they_are(db):
    in_hour(db, "2026-03-10 13:00", sent=10**15, delivered=10**15, llm_cost_usd=0.000001, sms_cost_usd=10**12)
    assert newest(db, "volume")["sent"] == 10**15
    assert newest(db, "delivery_rate")["low"] == pytest.approx(100)
    assert (newest(db, "cost")["llm_cost"], newest(db, "cost")["sms_cost"]) == (0.000001, 1e12)


def test_what_the_llm_did_not_write_is_a_fallback(db):
    in_hour(db, "2026-03-10 13:00", llm_success=30, template_fallback=10)
    point = newest(db, "llm")
    assert (point["rate"], point["llm"], point["fallback"]) == (75.0, 30, 10)


def test_engagement_counts_events(db):
    in_hour(db, "2026-03-10 13:00", opt_out=1, quiet_hours_skip=2, daily_limit_hit=3)
    point = newest(db, "engagement")
    assert (point["opt_outs"], point["quiet_hours_skips"], point["daily_limit_hits"]) == (1, 2, 3)


def test_percentiles_of_several_hours_come_from_all_their_times(db):
    timed(db, "2026-03-09 00:00", "avg_delivery_time_ms", ms1000=98)
    timed(db, "2026-03-09 01:00", "avg_delivery_time_ms", ms60000=12)
    [point] = read_series(db, "latency", between("2026-03-09 00:00", "2026-03-09 06:00", "6h")).points
    assert point["p50"] == pytest.approx(1000, rel=0.025)
    assert point["p95"] == pytest.approx(60000, rel=0.025)
    assert point["sample"] == 110


def test_percentiles_of_one_hour(db):
    timed(db, "2026-03-10 13:00", "avg_generation_time_ms", ms400=9, ms2000=1)
    point = newest(db, "generation_latency")
    assert (point["p50"], point["p95"]) == (pytest.approx(400, rel=0.025), pytest.approx(2000, rel=0.025))


# ── Days ─────────────────────────────────────────────────────────────────────────────────────


def test_days_over_the_end_of_a_month_and_today_so_far(db):
    for day, sent in (("2026-02-27", 1), ("2026-02-28", 2), ("2026-03-01", 4)):
        in_hour(db, f"{day} 00:00", sent=sent)
        in_hour(db, f"{day} 23:00", sent=10 * sent)
    write_days(db)
    series = read_series(db, "volume", between("2026-02-27 00:00", "2026-03-02 00:00", "1d"))
    assert [(point["at"][:10], point["sent"]) for point in series.points] == [
        ("2026-02-27", 11),
        ("2026-02-28", 22),
        ("2026-03-01", 44),
    ]


def test_a_day_that_is_not_over_is_read_from_its_hours(db):
    in_hour(db, "2026-03-09 10:00", sent=7)
    write_days(db)
    in_hour(db, "2026-03-10 10:00", sent=5)
    *_, before, today = read_series(db, "volume", named_span("90d", NOW)).points
    assert (before["sent"], before["partial"]) == (7, False)
    assert (today["sent"], today["partial"], today["until"]) == (5, True, "2026-03-10T14:00:00Z")


def test_percentiles_of_days_are_those_of_their_hours(db):
    timed(db, "2026-03-08 05:00", "avg_delivery_time_ms", ms1000=98)
    timed(db, "2026-03-08 23:00", "avg_delivery_time_ms", ms60000=12)
    timed(db, "2026-03-10 05:00", "avg_delivery_time_ms", ms2000=5)
    write_days(db)
    whole, empty, part = read_series(db, "latency", named_span("90d", NOW)).points[-3:]
    assert (whole["p50"], whole["p95"]) == (pytest.approx(1000, rel=0.025), pytest.approx(60000, rel=0.025))
    assert (empty["p50"], empty["state"]) == (None, "missing")
    assert (part["p50"], part["partial"]) == (pytest.approx(2000, rel=0.025), True)


# ── Dimensions ───────────────────────────────────────────────────────────────────────────────


def test_a_series_may_be_of_one_carrier(db):
    aggregated(db, *DAY)
    in_hour(db, "2026-03-10 13:00", sent=100, delivered=90)
    in_hour(db, "2026-03-10 13:00", carrier="AT&T", sent=60, delivered=30)
    assert newest(db, "delivery_rate", None, "carrier", "AT&T")["rate"] == 50.0
    # A name that nobody knows is not an error: there was nothing of it.
    assert newest(db, "volume", None, "carrier", "'; DROP TABLE sms_metrics; --")["sent"] == 0


def test_the_busiest_have_lines_and_the_rest_is_one(db):
    aggregated(db, *DAY)
    for name, sent in (("a", 10), ("b", 40), ("c", 30), ("d", 20), ("e", 5)):
        in_hour(db, "2026-03-10 13:00", carrier=name, sent=sent, delivered=sent // 2)
    found = read_breakdown(db, last_day(), "carrier", most=3)
    assert [(line.name, line.points[-1]["sent"]) for line in found.lines] == [
        ("b", 40),
        ("c", 30),
        ("d", 20),
        (None, 15),
    ]
    assert found.others == 2
    assert found.lines[-1].points[-1]["delivered"] == 7
    assert found.lines[0].points[0]["sent"] == 0


def test_without_a_rest_there_is_no_line_for_it(db):
    in_hour(db, "2026-03-10 13:00", campaign="launch", sent=4, delivered=4)
    found = read_breakdown(db, last_day(), "campaign")
    assert ([line.name for line in found.lines], found.others) == (["launch"], 0)


def test_of_nothing_there_are_no_lines(db):
    assert read_breakdown(db, last_day(), "carrier").lines == []


def test_values_of_a_dimension_the_busiest_first(db):
    in_hour(db, "2026-03-10 10:00", carrier="small", sent=1)
    in_hour(db, "2026-03-10 11:00", carrier="big", sent=9)
    in_hour(db, "2026-01-10 11:00", carrier="gone", sent=9)
    assert read_dimension(db, "carrier", last_day()) == [{"value": "big", "sent": 9}, {"value": "small", "sent": 1}]


@pytest.mark.parametrize(
    ("parameter", "which"),
    [
        ("name", ("profit",)),
        ("dimension", ("volume", "shoe_size", "42")),
        ("dimension", ("llm", "carrier", "AT&T")),
        ("value", ("volume", "carrier", None)),
        ("value", ("volume", "all", "AT&T")),
        ("value", ("volume", "carrier", "a\0b")),
    ],
)
def test_what_there_is_not_is_refused_by_the_name_of_the_parameter(db, parameter, which):
    name, *slice_ = which
    with pytest.raises(SeriesError) as refused:
        read_series(db, name, last_day(), *slice_)
    assert refused.value.parameter == parameter


# ── Incidents and thresholds ─────────────────────────────────────────────────────────────────


def test_incidents_open_at_any_time_of_the_span(db):
    incident(db, "a_before", "2026-03-08 10:00", "2026-03-09 13:00")
    incident(db, "b_into", "2026-03-08 10:00", "2026-03-09 15:00")
    incident(db, "c_open", "2026-03-10 13:05")
    incident(db, "d_after", "2026-03-10 15:05")
    found = read_incidents(db, last_day())
    assert [(row["alert_type"], row["ended"]) for row in found] == [
        ("b_into", utc("2026-03-09 15:00")),
        ("c_open", None),
    ]


def test_an_incident_begins_with_the_hour_that_went_wrong(db):
    incident(db, "delivery_rate_critical", "2026-03-10 13:05")
    db.execute("UPDATE sms_alert_history SET window_start = '2026-03-10 12:00Z', window_end = '2026-03-10 13:00Z'")
    assert read_incidents(db, last_day())[0]["began"] == utc("2026-03-10 12:00")
    # A window of a day does not mean that the day went wrong.
    db.execute("UPDATE sms_alert_history SET window_start = '2026-03-09 13:00Z'")
    assert read_incidents(db, last_day())[0]["began"] == utc("2026-03-10 12:00")


def test_of_too_many_incidents_the_gravest_and_newest_are_read(db):
    incident(db, "a_warning", "2026-03-10 13:05", severity="warning")
    for minute in (1, 2, 3):
        incident(db, "b_critical", f"2026-03-10 10:0{minute}", f"2026-03-10 11:0{minute}", severity="critical")
    incident(db, "c_info", "2026-03-10 14:05", severity="info")
    found = read_incidents(db, last_day(), most=4)
    assert [row["alert_type"] for row in found] == ["b_critical", "b_critical", "b_critical", "a_warning"]
    assert [row["ended"] for row in read_incidents(db, last_day(), most=1)] == [utc("2026-03-10 11:03")]


def test_a_disabled_alert_has_no_threshold(db):
    assert read_threshold(db, "delivery_rate_critical") == ("<", 90.0)
    db.execute("UPDATE sms_alert_thresholds SET enabled = false")
    assert read_threshold(db, "delivery_rate_critical") is None


# ── All ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("range_name", ["24h", "90d"])
def test_every_series_has_its_fields_in_every_point_of_an_empty_database_too(db, name, range_name):
    series = read_series(db, name, named_span(range_name, NOW))
    frame = {"at", "until", "partial", "state", "hours_missing"}
    assert all(set(point) == frame | set(KINDS[name].fields) for point in series.points)
    assert all(point[field] is None for point in series.points for field in KINDS[name].fields)


def test_every_metric_type_of_a_series_exists(db):
    known = {name for (name,) in db.execute("SELECT metric_type FROM sms_metric_types").fetchall()}
    assert {metric for kind in KINDS.values() for metric in kind.metrics} <= known


def test_the_session_s_time_zone_changes_nothing(db):
    in_hour(db, "2026-03-08 23:00", sent=5)
    span = between("2026-03-08 00:00", "2026-03-10 00:00", "6h")
    expected = read_series(db, "volume", span).points
    db.execute("SET timezone = 'Asia/Kolkata'")
    assert read_series(db, "volume", span).points == expected
    assert timedelta(hours=6) == span.step
