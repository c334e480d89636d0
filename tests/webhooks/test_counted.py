"""From a callback to the numbers: a receipt counts in the hour its message was sent, once, whenever it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, aggregate_range, refresh_views
from sms_monitoring.retention.pipeline import retire_expired
from sms_monitoring.retention.receipts import forget_receipts
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from sms_monitoring.webhooks.receipts import store
from sms_monitoring.webhooks.twilio_status import Receipt
from tests.product import add_message
from tests.webhooks.twilio import SID, callback, send

NOW = datetime.now(UTC)
# The next hourly run, and an hour that it neither looks back on nor finds any change of the product's in.
RUN = Window(floor_hour(NOW), floor_hour(NOW) + HOUR)
LONG_AGO = floor_hour(NOW) - timedelta(days=5)


def run_hour(db):
    aggregate_hour(db, "delivery", RUN)
    refresh_views(db)


def counted(db, hour):
    rows = db.execute(
        "SELECT metric_type, value_sum FROM sms_metrics_hourly WHERE metric_hour = %s AND dimension = 'all'"
        " AND metric_type IN ('sent_count', 'delivered_count', 'failed_count')",
        (hour,),
    ).fetchall()
    return {name.removesuffix("_count"): int(total) for name, total in rows}


def everything(db):
    return [
        db.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1").fetchall()
        for table in ("sms_metrics", "sms_metrics_hourly", "sms_metrics_by_day")
    ]


@pytest.fixture
def db(db):
    """A message sent long ago, of which the product heard no more; its hour is aggregated, nothing is left to do."""
    sent = LONG_AGO + timedelta(minutes=30)
    add_message(db, sent, twilio_sid=SID, delivered_at=None, updated_at=sent)
    add_message(db, NOW - timedelta(minutes=1), created_at=NOW - timedelta(minutes=2))
    aggregate_range(db, "delivery", Window(LONG_AGO, LONG_AGO + HOUR))
    run_hour(db)
    assert counted(db, LONG_AGO) == {"sent": 1}
    return db


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["queued", "sent", "delivered"], {"sent": 1, "delivered": 1}),
        (["delivered", "sent", "delivered"], {"sent": 1, "delivered": 1}),
        (["read"], {"sent": 1, "delivered": 1}),
        (["sent", "undelivered"], {"sent": 1, "failed": 1}),
        (["failed"], {"sent": 1, "failed": 1}),
        (["undelivered", "delivered"], {"sent": 1, "delivered": 1}),
        (["sent"], {"sent": 1}),
        (["canceled"], {"sent": 1}),
    ],
)
def test_a_late_receipt_counts_in_the_hour_of_the_send(client, db, statuses, expected):
    for status in statuses:
        assert send(client, callback(status)).status_code == 204
    run_hour(db)
    assert counted(db, LONG_AGO) == expected
    before = everything(db)
    assert send(client, callback(statuses[-1])).status_code == 204
    run_hour(db)
    aggregate_range(db, "delivery", Window(LONG_AGO, LONG_AGO + HOUR))
    refresh_views(db)
    assert everything(db) == before


def test_a_receipt_between_two_runs_corrects_what_was_counted(db):
    store(db, Receipt(SID, "undelivered", 30008))
    run_hour(db)
    assert counted(db, LONG_AGO) == {"sent": 1, "failed": 1}
    store(db, Receipt(SID, "delivered"))
    run_hour(db)
    assert counted(db, LONG_AGO) == {"sent": 1, "delivered": 1}


def test_a_receipt_that_comes_before_the_product_has_committed_counts_with_its_commit(db):
    sid = SID.replace("0", "f")
    store(db, Receipt(sid, "delivered"))
    run_hour(db)
    add_message(db, LONG_AGO + 5 * HOUR, twilio_sid=sid, delivered_at=None, updated_at=datetime.now(UTC))
    run_hour(db)
    assert counted(db, LONG_AGO + 5 * HOUR) == {"sent": 1, "delivered": 1}


def test_a_sid_that_the_product_adds_later_counts_with_its_change(db):
    message = add_message(db, LONG_AGO + 5 * HOUR, delivered_at=None)
    sid = SID.replace("0", "f")
    store(db, Receipt(sid, "delivered"))
    db.execute("UPDATE sms_messages SET twilio_sid = %s, updated_at = now() WHERE id = %s", (sid, message))
    run_hour(db)
    assert counted(db, LONG_AGO + 5 * HOUR) == {"sent": 1, "delivered": 1}


def test_what_the_product_says_itself_comes_first(db):
    told = LONG_AGO + timedelta(minutes=31)
    db.execute("UPDATE sms_messages SET delivered_at = %s, updated_at = now() WHERE twilio_sid = %s", (told, SID))
    store(db, Receipt(SID, "undelivered", 30003))
    run_hour(db)
    assert counted(db, LONG_AGO) == {"sent": 1, "delivered": 1}
    took = db.execute(
        "SELECT value_sum FROM sms_metrics_hourly WHERE metric_hour = %s AND dimension = 'all'"
        " AND metric_type = 'avg_delivery_time_ms'",
        (LONG_AGO,),
    ).fetchone()
    assert took == (60_000,)


def test_a_receipt_about_what_was_never_sent_counts_nowhere(db):
    sid = SID.replace("0", "f")
    add_message(db, None, created_at=LONG_AGO, twilio_sid=sid)
    store(db, Receipt(sid, "delivered"))
    aggregate_range(db, "delivery", Window(LONG_AGO, LONG_AGO + HOUR))
    assert counted(db, LONG_AGO) == {"sent": 1}


def test_a_preset_of_three_views_aggregates_as_before(db):
    db.execute("DROP VIEW source_message_sids")
    for family in FAMILIES:
        aggregate_hour(db, family, RUN)
    assert counted(db, floor_hour(NOW - timedelta(minutes=1))) == {"sent": 1, "delivered": 1}


def test_the_view_has_each_message_once_and_finds_unsent_failures_by_index(db):
    failed = LONG_AGO + timedelta(minutes=5)
    unsent = add_message(db, None, created_at=LONG_AGO, failed_at=failed)
    rows = db.execute("SELECT message_id, failed_at FROM source_messages").fetchall()
    assert len(rows) == 3
    assert (unsent, failed) in rows
    db.execute("SET enable_seqscan = off")
    plan = db.execute(
        "EXPLAIN SELECT 1 FROM source_messages"
        " WHERE failed_at BETWEEN '2026-01-01' AND '2026-01-02' AND sent_at IS NULL"
    ).fetchall()
    assert any("sms_messages_failed" in line for (line,) in plan)


def test_receipts_are_forgotten_only_when_their_hours_can_no_longer_be_counted(db):
    store(db, Receipt(SID, "delivered"))
    store(db, Receipt(SID.replace("0", "f"), "delivered"))
    assert forget_receipts(db) == 0, "nothing was dropped yet"
    db.execute(
        "UPDATE sms_delivery_receipts SET first_received_at = now() - interval '40 days',"
        " updated_at = CASE message_sid WHEN %s THEN now() - interval '40 days' ELSE updated_at END",
        (SID,),
    )
    dropped = "UPDATE sms_retention_policies SET dropped_before = now()::date - %s WHERE table_name = 'sms_metrics'"
    db.execute(dropped, (41,))
    assert forget_receipts(db) == 0
    db.execute(dropped, (30,))
    assert retire_expired(db, NOW.date()) == [], "no partition is as old; the receipts are"
    left = db.execute("SELECT message_sid FROM sms_delivery_receipts").fetchall()
    assert left == [(SID.replace("0", "f"),)], "heard of lately"


def test_many_receipts_are_forgotten_in_batches(db):
    db.execute(
        "INSERT INTO sms_delivery_receipts (message_sid, status, first_received_at, updated_at)"
        " SELECT 'SM' || n, 'sent', '2020-01-01', '2020-01-01' FROM generate_series(1, 25) AS n"
    )
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2020-02-01' WHERE table_name = 'sms_metrics'")
    assert forget_receipts(db, batch=10) == 25
