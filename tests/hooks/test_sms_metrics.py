"""The hook over a real connection, as Airflow configures it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from tests.product import ANN, BOB, add_message

NOW = datetime.now(UTC)


@pytest.fixture
def hook(database_uri, monkeypatch):
    info = psycopg.conninfo.conninfo_to_dict(database_uri)
    connection = {"conn_type": "postgres", "host": info["host"], "login": info["user"], "schema": info["dbname"]}
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", json.dumps(connection))
    return SmsMetricsHook()


def aggregate(db, *messages):
    """Messages of the last complete hour, aggregated."""
    hour = floor_hour(NOW) - HOUR
    for columns in messages:
        add_message(db, hour + timedelta(minutes=5), created_at=hour, **columns)
    for family in FAMILIES:
        aggregate_range(db, family, Window(hour, hour + HOUR))
    refresh_views(db)
    return hour.date()


def test_daily_metrics_are_the_rows_of_the_view_newest_first(db, hook):
    day = aggregate(db, {"user_id": ANN}, {"user_id": BOB, "delivered_at": None})
    [row] = hook.get_daily_metrics(day - timedelta(days=7), day)
    assert (row["metric_date"], row["sent_count"], row["delivery_rate_percent"], row["active_users"]) == (day, 2, 50, 2)
    assert hook.get_daily_metrics(day)[0]["sent_count"] == 2
    assert hook.get_daily_metrics(day - timedelta(days=1)) == []


def test_a_range_that_ends_before_it_begins_is_refused(hook):
    with pytest.raises(ValueError, match="end_date 2026-03-01 lies before start_date 2026-03-02"):
        hook.get_daily_metrics(datetime(2026, 3, 2, tzinfo=UTC).date(), datetime(2026, 3, 1, tzinfo=UTC).date())


def test_user_metrics_are_that_users_alone(db, hook):
    aggregate(
        db,
        {"user_id": ANN, "generated_via": "llm", "generation_cost_usd": "0.002"},
        {"user_id": ANN, "delivered_at": None},
        {"user_id": BOB},
    )
    [row] = hook.get_user_metrics(ANN, days=2)
    assert (row["sent_count"], row["delivered_count"], row["delivery_rate_percent"]) == (2, 1, 50)
    assert row["llm_cost_usd"] == Decimal("0.002")
    assert hook.get_user_metrics("nobody", days=2) == []


@pytest.mark.parametrize("days", [0, 366])
def test_days_of_a_user_are_bounded(hook, days):
    with pytest.raises(ValueError, match="not 1 to 365"):
        hook.get_user_metrics(ANN, days)


def test_today_is_none_until_it_has_numbers(hook):
    assert hook.get_today() is None


def test_recording_covers_the_guides_tracking_points(db, hook):
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    hook.record_scheduled(ANN, 3)
    hook.record_sent(ANN, cost_usd=Decimal("0.0079"))
    hook.record_delivery(ANN, 1200)
    hook.record_failure(ANN)
    hook.record_cancelled(ANN)
    hook.record_generation(ANN, by_llm=True, time_ms=800, cost_usd=0.0004)
    hook.record_generation(ANN, by_llm=False)
    hook.record_opt_out(ANN)
    hook.record_quiet_hours_skip(ANN)
    hook.record_daily_limit_hit(ANN)
    found = dict(db.execute("SELECT metric_type, metric_value FROM sms_metrics WHERE user_id = %s", (ANN,)).fetchall())
    assert found == {
        "scheduled_count": 3,
        "sent_count": 1,
        "sms_cost_usd": Decimal("0.0079"),
        "delivered_count": 1,
        "avg_delivery_time_ms": 1200,
        "failed_count": 1,
        "cancelled_count": 1,
        "llm_success_count": 1,
        "avg_generation_time_ms": 800,
        "llm_cost_usd": Decimal("0.0004"),
        "template_fallback_count": 1,
        "opt_out_count": 1,
        "quiet_hours_skip_count": 1,
        "daily_limit_hit_count": 1,
    }


def test_recording_a_derived_or_unknown_metric_is_refused(hook):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="derived from the source views"):
        hook.record_sent(ANN)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match='unknown metric type "sent"'):
        hook.record_metric("sent")
