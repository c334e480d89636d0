"""Given these messages, expect these metrics."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.timeframe import Window
from tests.product import ANN, BOB, add_message, add_opt_out, at

TEN = Window(at("10:00"), at("11:00"))
DAY = Window(at("00:00"), at("2026-03-11 00:00"))


def aggregate(db, window=DAY):
    for family in FAMILIES:
        aggregate_range(db, family, window)
    refresh_views(db)


def hourly(db, hour="10:00", dimension="all"):
    rows = db.execute(
        "SELECT metric_type, dimension_value, value_sum FROM sms_metrics_hourly"
        " WHERE metric_hour = %s AND dimension = %s",
        (at(hour), dimension),
    ).fetchall()
    return {(name, value) if value else name: total for name, value, total in rows}


def test_one_delivered_message_counts_in_the_hours_of_its_life(db):
    add_message(db, "10:30", sms_cost_usd="0.0079")
    aggregate(db)
    assert hourly(db, "09:00") == {"scheduled_count": 1}
    assert hourly(db, "10:00") == {
        "sent_count": 1,
        "delivered_count": 1,
        "avg_delivery_time_ms": 10_000,
        "sms_cost_usd": Decimal("0.0079"),
    }


def test_a_delivery_counts_in_the_hour_of_the_send_so_that_no_rate_passes_100_percent(db):
    add_message(db, "10:59", delivered_at=at("11:40"))
    aggregate(db)
    assert hourly(db)["delivered_count"] == 1
    assert "delivered_count" not in hourly(db, "11:00")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"delivered_at": None, "failed_at": at("10:05")}, {"sent_count": 1, "failed_count": 1}),
        ({"sent": None, "failed_at": at("10:05")}, {"failed_count": 1}),
        ({"sent": None, "cancelled_at": at("10:05"), "cancellation_reason": "event_deleted"}, {"cancelled_count": 1}),
        (
            {"sent": None, "cancelled_at": at("10:05"), "cancellation_reason": "daily_limit"},
            {"cancelled_count": 1, "daily_limit_hit_count": 1},
        ),
        ({"sent": None, "quiet_hours_skipped_at": at("10:05")}, {"quiet_hours_skip_count": 1}),
        ({"delivered_at": None}, {"sent_count": 1}),
    ],
    ids=["failed after send", "failed before send", "cancelled", "daily limit", "quiet hours", "no receipt yet"],
)
def test_what_becomes_of_a_message(db, columns, expected):
    add_message(db, columns.pop("sent", "10:00"), **columns)
    aggregate(db)
    assert hourly(db) == expected


def test_llm_and_template_texts_count_in_the_hour_they_were_written(db):
    add_message(db, "11:30", generated_via="llm", generation_time_ms=800, generation_cost_usd="0.0004")
    add_message(db, "11:40", generated_via="template", generation_time_ms=9000)
    aggregate(db)
    found = hourly(db)
    assert found["llm_success_count"] == 1
    assert found["template_fallback_count"] == 1
    assert found["llm_cost_usd"] == Decimal("0.0004")
    assert found["avg_generation_time_ms"] == 800, "a template has no generation time"


def test_an_opt_out_counts_for_its_user_and_for_all(db):
    add_opt_out(db, BOB, at("10:15"))
    aggregate(db)
    assert hourly(db) == {"opt_out_count": 1}
    assert db.execute("SELECT user_id, metric_value FROM sms_metrics").fetchall() == [(BOB, 1)]


def test_carriers_and_campaigns_are_dimensions_and_messages_without_one_count_in_all_only(db):
    add_message(db, carrier="Verizon", campaign_id="spring")
    add_message(db, carrier="Verizon")
    add_message(db, carrier=None)
    aggregate(db)
    assert hourly(db)["sent_count"] == 3
    assert hourly(db, dimension="carrier")["sent_count", "Verizon"] == 2
    assert hourly(db, dimension="campaign") == {
        ("sent_count", "spring"): 1,
        ("delivered_count", "spring"): 1,
        ("avg_delivery_time_ms", "spring"): 10_000,
    }


def test_each_user_has_rows_of_their_own(db):
    for user in (ANN, ANN, BOB):
        add_message(db, user_id=user)
    aggregate(db)
    sent = db.execute(
        "SELECT user_id, metric_value FROM sms_metrics WHERE metric_type = 'sent_count' ORDER BY 2"
    ).fetchall()
    assert sent == [(BOB, 1), (ANN, 2)]


def test_the_daily_view_has_counts_rates_percentiles_and_distinct_users(db):
    for second in range(1, 101):
        sent = at("10:00") + timedelta(seconds=second)
        add_message(
            db,
            sent,
            user_id=ANN if second % 2 else BOB,
            delivered_at=sent + timedelta(milliseconds=100 * second) if second > 10 else None,
            generated_via="llm" if second > 20 else "template",
            generation_cost_usd="0.001" if second > 20 else None,
        )
    aggregate(db)
    [day] = db.execute(
        "SELECT sent_count, delivered_count, delivery_rate_percent, llm_success_rate_percent, llm_cost_usd,"
        " active_users, llm_cost_per_user_usd, p50_delivery_time_ms, p95_delivery_time_ms FROM sms_metrics_daily"
    ).fetchall()
    assert day[:7] == (100, 90, 90, 80, Decimal("0.080"), 2, Decimal("0.04"))
    assert float(day[7]) == pytest.approx(5_550, rel=0.03)
    assert float(day[8]) == pytest.approx(9_600, rel=0.03)


def test_a_receipt_stamped_before_its_send_takes_no_time_rather_than_less_than_none(db):
    add_message(db, "10:00", delivered_at=at("09:59"))
    aggregate(db)
    assert hourly(db)["avg_delivery_time_ms"] == 0


def test_a_negative_cost_is_left_out_and_reported_and_spoils_nothing_else(db):
    add_message(db, sms_cost_usd="-0.01")
    add_message(db, sms_cost_usd="0.02")
    result = aggregate_range(db, "delivery", TEN)
    assert result.rejected_facts == {"sms_cost_usd": 1}
    assert hourly(db)["sms_cost_usd"] == Decimal("0.02")
    assert hourly(db)["sent_count"] == 2


def test_what_an_application_recorded_joins_the_rollup(db):
    db.execute(
        "INSERT INTO sms_metric_types VALUES ('reply_count', 'engagement', 'count', 'counter', 'recorded', 'Replies')"
        " ON CONFLICT DO NOTHING"
    )
    hour = db.execute("SELECT date_trunc('hour', now(), 'UTC')").fetchone()[0]
    for user in (ANN, ANN, BOB):
        db.execute("SELECT record_sms_metric('reply_count', 2, %s, %s)", (user, hour))
    aggregate_range(db, "recorded", Window(hour, hour + timedelta(hours=1)))
    rollup = db.execute(
        "SELECT value_sum, value_count FROM sms_metrics_hourly WHERE metric_type = 'reply_count'"
    ).fetchall()
    assert rollup == [(6, 3)]


def test_an_empty_hour_leaves_no_rows(db):
    aggregate(db)
    assert db.execute("SELECT count(*) FROM sms_metrics_hourly").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM sms_metrics_daily").fetchone() == (0,)
