"""Given these messages, each alert type's own SELECT observes this."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range
from sms_monitoring.alerts.observe import ObservationError, observe
from sms_monitoring.sqlfiles import read_sql
from sms_monitoring.timeframe import HOUR, Window
from tests.product import ANN, BOB, add_message, add_opt_out, at

END = at("12:00")


def observed(db, alert_type, length=HOUR, since=None):
    for family in FAMILIES:
        aggregate_range(db, family, Window(since or END - timedelta(hours=26), END))
    return observe(db, alert_type, Window(END - length, END))


def test_delivery_rate_is_of_the_windows_sends_and_names_the_carriers(db):
    for minute in range(20):
        add_message(
            db,
            f"11:{minute:02d}",
            carrier="Verizon" if minute < 10 else "AT&T",
            **({"delivered_at": None} if minute < 5 else {}),
        )
    add_message(db, "10:59", delivered_at=None)
    [found] = observed(db, "delivery_rate_critical")
    assert (found.entity, found.value, found.sample_size) == ("all", 75, 20)
    assert found.details == {"Delivered at AT&T": "100.0 % of 10", "Delivered at Verizon": "50.0 % of 10"}


def test_llm_failure_is_the_share_of_templates(db):
    for index in range(8):
        add_message(db, "12:30", created_at=at("11:30"), generated_via="template" if index < 6 else "llm")
    [found] = observed(db, "llm_failure_critical")
    assert (found.value, found.sample_size) == (75, 8)


def test_llm_cost_spike_is_a_multiple_of_a_usual_day(db):
    for day in range(7):
        scheduled = END - timedelta(days=day + 1, hours=1)
        add_message(db, scheduled + HOUR, created_at=scheduled, generated_via="llm", generation_cost_usd="0.5")
    add_message(db, "11:30", created_at=at("11:00"), generated_via="llm", generation_cost_usd="3")
    [found] = observed(db, "llm_cost_spike_warning", timedelta(hours=24), since=END - timedelta(days=9))
    assert found.sample_size == 1
    assert found.value == pytest.approx(Decimal(3) / (Decimal("3.5") / (6 + Decimal(1) / 24)))
    assert found.details["LLM cost, last 24 hours"] == "$3.0000"


def test_llm_cost_has_no_usual_day_in_its_first_three_days(db):
    for days in (0, 1, 2):
        scheduled = END - timedelta(days=days, hours=1)
        add_message(db, scheduled + HOUR, created_at=scheduled, generated_via="llm", generation_cost_usd="0.5")
    [found] = observed(db, "llm_cost_spike_warning", timedelta(hours=24), since=END - timedelta(days=4))
    assert found.sample_size == 0


def test_opt_out_rate_is_of_distinct_users_messaged_in_a_day(db):
    for hour in ("2026-03-09 13:00", "2026-03-09 20:00", "11:00"):
        add_message(db, hour, user_id=ANN)
        add_message(db, hour, user_id=BOB)
    add_opt_out(db, BOB, at("11:30"))
    [found] = observed(db, "opt_out_rate_warning", timedelta(hours=24))
    assert (found.value, found.sample_size) == (50, 2)


def test_daily_limit_rate_is_of_distinct_users_scheduled_in_a_day(db):
    users = [str(uuid.uuid4()) for _ in range(4)]
    for user in users:
        add_message(db, "11:30", user_id=user)
    for _ in range(3):
        add_message(
            db,
            None,
            user_id=users[0],
            created_at=at("11:00"),
            cancelled_at=at("11:00"),
            cancellation_reason="daily_limit",
        )
    [found] = observed(db, "daily_limit_hit_warning", timedelta(hours=24))
    assert (found.value, found.sample_size) == (25, 4)


def checked(db, plan, end, *results, started="12:05", error=None):
    """A finished run of the quality checks over the hour (gate) or day (full) that ended at ``end``."""
    length = HOUR if plan == "gate" else timedelta(days=90)
    [run] = db.execute(
        "INSERT INTO sms_quality_runs (plan, window_start, window_end, started_at, finished_at, verdict, error)"
        " VALUES (%s, %s, %s, %s, %s, 'error', %s) RETURNING id",
        (plan, end - length, end, at(started), at(started), error),
    ).fetchone()
    for check, severity, status, families in results:
        db.execute(
            "INSERT INTO sms_quality_results (run_id, suite, check_name, expectation, severity, status, families,"
            " unexpected_count, error, reason, owner)"
            " VALUES (%(run)s, 'some', %(check)s, 'Any', %(severity)s, %(status)s, %(families)s,"
            " CASE %(status)s WHEN 'failed' THEN 2 END, CASE %(status)s WHEN 'error' THEN 'no column' END,"
            " 'Rates pass 100 %%.', 'ann')",
            {"run": run, "check": check, "severity": severity, "status": status, "families": families},
        )


def test_data_quality_counts_failed_critical_checks_by_family(db):
    checked(
        db,
        "gate",
        END,
        ("delivered_at_most_sent", "critical", "failed", ["delivery"]),
        ("key_is_unique", "critical", "error", ["delivery", "generation"]),
        ("volume_as_usual", "warning", "failed", ["delivery"]),
        ("no_future_hours", "critical", "passed", []),
    )
    found = {each.entity: each for each in observe(db, "data_quality_critical", Window(END - HOUR, END))}
    assert {entity: (each.value, each.sample_size) for entity, each in found.items()} == {
        "all": (0, 2),
        "delivery": (2, 2),
        "generation": (1, 1),
    }
    assert found["delivery"].details == {
        "delivered_at_most_sent": "2 rows. Rates pass 100 %. Owner: ann",
        "key_is_unique": "could not be run: Rates pass 100 %. Owner: ann",
    }


def test_data_quality_is_of_the_newest_run_over_the_hour_and_apart_of_the_last_full_run(db):
    checked(db, "gate", END, ("key_is_unique", "critical", "failed", []), started="12:05")
    checked(db, "gate", END, ("key_is_unique", "critical", "passed", []), started="12:20")
    checked(db, "gate", END - HOUR, ("no_future_hours", "critical", "failed", []))
    checked(db, "full", END - timedelta(hours=8), ("daily_is_sum_of_hours", "critical", "failed", ["delivery"]))
    found = {each.entity: each for each in observe(db, "data_quality_critical", Window(END - HOUR, END))}
    assert {entity: (each.value, list(each.details)) for entity, each in found.items()} == {
        "all": (0, []),
        "full run": (1, ["daily_is_sum_of_hours"]),
    }


def test_an_earlier_hour_that_is_bad_still_keeps_it_open(db):
    for family in FAMILIES:
        aggregate_range(db, family, Window(END - HOUR, END))
    checked(db, "gate", END, ("key_is_unique", "critical", "passed", []))
    for hour, families in (("09:00", ["delivery"]), ("10:00", list(FAMILIES))):
        db.cursor().executemany(
            "INSERT INTO sms_bad_hours (family, metric_hour, checks) VALUES (%s, %s, '{key_is_unique}')",
            [(family, at(hour)) for family in families],
        )
    found = {each.entity: each for each in observe(db, "data_quality_critical", Window(END - HOUR, END))}
    still = "still fails for that hour, which is not judged"
    assert {entity: (each.value, each.details) for entity, each in found.items()} == {
        "all": (1, {"key_is_unique, 10:00 UTC": still}),
        "delivery": (1, {"key_is_unique, 09:00 UTC": still}),
    }


def test_quality_checks_that_ended_early_are_one_fault_whatever_could_not_be_run(db):
    broken = ("key_is_unique", "critical", "error", ["delivery"])
    checked(db, "gate", END, broken, error="Great Expectations ended with ImportError")
    found = {each.entity: each for each in observe(db, "data_quality_critical", Window(END - HOUR, END))}
    assert {entity: each.value for entity, each in found.items()} == {"all": 1, "delivery": 0}
    assert found["all"].details == {"quality checks": "ended early: Great Expectations ended with ImportError"}


@pytest.mark.parametrize(
    "alert_type",
    [
        "delivery_rate_critical",
        "llm_failure_critical",
        "llm_cost_spike_warning",
        "opt_out_rate_warning",
        "daily_limit_hit_warning",
        "data_quality_critical",
    ],
)
def test_without_traffic_there_is_no_row(db, alert_type):
    assert observed(db, alert_type) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT 'all' AS entity, 1 AS value", "lacks column sample_size; it selects entity, value"),
        (
            "SELECT * FROM (VALUES ('a', 1, 1), ('a', 2, 1)) AS x (entity, value, sample_size)",
            "answers more than one row for entity a",
        ),
        ("SELECT 'all' AS entity, 'many' AS value, 1 AS sample_size", "must be numbers"),
        ("SELECT 'all' AS entity, true AS value, 1 AS sample_size", "must be numbers"),
        ("SELECT 'all' AS entity, 1 AS value, -1 AS sample_size", "sample_size -1 is no count"),
        ("SELECT 'all' AS entity, 1 AS value, 1e30 AS sample_size", "is no count"),
        ("SELECT NULL AS entity, 1 AS value, 1 AS sample_size", "entity must be a text"),
        ("SELECT repeat('x', 201) AS entity, 1 AS value, 1 AS sample_size", "entity must be a text"),
        (
            "SELECT 'all' AS entity, 1 AS value, 1 AS sample_size, '[1]'::jsonb AS details",
            "details must be a JSON object",
        ),
    ],
)
def test_a_select_that_breaks_the_contract_is_named(db, tmp_path, monkeypatch, statement, message):
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "broken.sql").write_text(statement)
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(tmp_path))
    read_sql.cache_clear()
    with pytest.raises(ObservationError, match=r"alerts/broken\.sql") as error:
        observe(db, "broken", Window(at("11:00"), END))
    assert message in str(error.value)


def test_a_select_cannot_write(db, tmp_path, monkeypatch):
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "writes.sql").write_text("DELETE FROM sms_alert_thresholds RETURNING 'all', 1, 1")
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(tmp_path))
    read_sql.cache_clear()
    with pytest.raises(Exception, match="read-only transaction"):
        observe(db, "writes", Window(at("11:00"), END))
