"""From rows to what the overview shows."""

from __future__ import annotations

from sms_monitoring.overview.headline import banner
from sms_monitoring.overview.read import read_overview
from sms_monitoring.timeframe import HOUR
from tests.alerts.incidents import incident
from tests.api.quality_rows import bad_hour
from tests.api.rows import aggregated, hour
from tests.digest.rows import timed
from tests.product import at

NOW = at("03:20")
# 00:00, 01:00 and 02:00 of today, and a week ago.
HOURS = [at("00:00") + number * HOUR for number in range(3)]
WEEK_AGO = [at("2026-03-03 00:00") + number * HOUR for number in range(3)]


def items(db):
    return {item.key: item for item in read_overview(db, NOW).today.items}


def numbers(item):
    return item.value, item.last_week, item.change_percent


def test_today_stands_beside_the_same_hours_of_last_week(db):
    aggregated(db, *HOURS, *WEEK_AGO, at("2026-03-03 03:00"))
    hour(db, HOURS[0], sent=100, delivered=99, failed=1, llm_cost_usd=0.3)
    hour(db, HOURS[2], sent=50, delivered=45, failed=5)
    hour(db, WEEK_AGO[0], sent=120, delivered=120, llm_cost_usd=0.2)
    # An hour that today has not reached yet.
    hour(db, at("2026-03-03 03:00"), sent=1000, failed=1000)
    found = items(db)
    assert read_overview(db, NOW).today.hours == 3
    assert numbers(found["sent"]) == (150, 120, 25.0)
    assert numbers(found["delivery_rate"]) == (96.0, 100.0, -4.0)
    assert numbers(found["failed"]) == (6, 0, None)
    assert numbers(found["llm_cost"]) == (0.3, 0.2, 50.0)
    assert numbers(found["llm_success_rate"]) == (None, None, None)
    assert numbers(found["opt_outs"]) == (0, 0, 0.0)


def test_hours_that_last_week_is_missing_are_not_zeros(db):
    aggregated(db, *HOURS, *WEEK_AGO[:2])
    hour(db, HOURS[0], sent=100)
    hour(db, WEEK_AGO[0], sent=100)
    assert numbers(items(db)["sent"]) == (100, None, None)


def test_only_hours_that_are_complete_count(db):
    """The newest has rows, but is not aggregated to its end."""
    aggregated(db, HOURS[0], WEEK_AGO[0])
    hour(db, HOURS[0], sent=10)
    hour(db, HOURS[1], sent=99)
    hour(db, WEEK_AGO[0], sent=20)
    assert numbers(items(db)["sent"]) == (10, 20, -50.0)


def test_hours_whose_data_failed_a_critical_check_do_not_count(db):
    aggregated(db, *HOURS, *WEEK_AGO)
    hour(db, HOURS[0], sent=10, delivered=10)
    hour(db, HOURS[1], sent=10, delivered=9999)
    bad_hour(db, "delivery", HOURS[1])
    assert (items(db)["sent"].value, items(db)["delivery_rate"].value) == (10, 100.0)


def test_a_family_that_failed_takes_only_its_own_numbers_with_it(db):
    aggregated(db, *HOURS, families=("delivery",))
    hour(db, HOURS[0], sent=10, llm_success=10)
    found = items(db)
    assert (found["sent"].value, found["llm_success_rate"].value, found["opt_outs"].value) == (10, None, None)


def test_metrics_that_the_application_records_are_known_by_their_own_family(db):
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    aggregated(db, *HOURS, families=("recorded",))
    hour(db, HOURS[0], sent=10)
    assert items(db)["sent"].value == 10


def test_the_95th_percentile_is_of_all_hours_together(db):
    aggregated(db, *HOURS, *WEEK_AGO)
    timed(db, "2026-03-10 00:00", "avg_delivery_time_ms", ms1000=94)
    timed(db, "2026-03-10 01:00", "avg_delivery_time_ms", ms9000=6)
    timed(db, "2026-03-03 00:00", "avg_delivery_time_ms", ms1000=100)
    value, last_week, change = numbers(items(db)["delivery_time_p95"])
    assert (round(value, -3), round(last_week, -2)) == (9000, 1000)
    assert change > 700


def test_before_the_first_hour_of_the_day_nothing_is_known(db):
    aggregated(db, at("2026-03-09 23:00"))
    found = read_overview(db, at("00:05")).today
    assert found.hours == 0
    assert {numbers(item) for item in found.items} == {(None, None, None)}


def test_the_carrier_at_fault_is_read_from_the_hours_since_it_began(db):
    """Before that, another one was worse."""
    aggregated(db, *HOURS)
    fired = {"triggered_at": at("02:03"), "window_start": at("01:00"), "window_end": at("02:00")}
    incident(db, metric_value=60, threshold_value=90, **fired)
    hour(db, HOURS[0], "carrier", "Verizon", sent=500, delivered=0)
    for each in HOURS[1:]:
        hour(db, each, "carrier", "AT&T", sent=100, delivered=20)
        hour(db, each, "carrier", "Verizon", sent=100, delivered=99)
    situation = read_overview(db, NOW).situation
    assert banner(situation).headline == "Delivery is failing at carrier AT&T since 01:00 UTC."


def test_of_the_llm_it_is_the_campaign(db):
    aggregated(db, *HOURS)
    incident(db, "llm_failure_critical", triggered_at=at("03:03"), window_end=at("03:00"), threshold_value=50)
    hour(db, HOURS[2], "campaign", "spring", llm_success=1, template_fallback=99)
    hour(db, HOURS[2], "campaign", "welcome", llm_success=50, template_fallback=1)
    situation = read_overview(db, NOW).situation
    assert banner(situation).headline == "The LLM is failing in campaign spring since 02:00 UTC."


def test_a_window_that_was_widened_does_not_date_the_incident_back(db):
    aggregated(db, *HOURS)
    incident(
        db, triggered_at=at("03:03"), window_start=at("2026-03-09 03:00"), window_end=at("03:00"), threshold_value=90
    )
    [found] = read_overview(db, NOW).situation.incidents
    assert found.since == at("02:00")


def test_an_incident_of_missing_data_says_so(db):
    aggregated(db, *HOURS)
    incident(db, cause="no_rows", triggered_at=at("03:03"), window_end=at("03:00"))
    situation = read_overview(db, NOW).situation
    assert banner(situation).headline == "SMS delivery rate is low: no data since 02:00 UTC."
