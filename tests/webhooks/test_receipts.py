"""One row a message, whatever the order, the number and the company in which its callbacks arrive."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms_monitoring import db as sms_db
from sms_monitoring.timeframe import HOUR
from sms_monitoring.webhooks.receipts import store
from sms_monitoring.webhooks.twilio_status import STATUSES, Receipt
from tests.product import add_message, at
from tests.webhooks.twilio import SID

FAILURES = ("failed", "undelivered")
receipts = st.builds(
    lambda status, code: Receipt(SID, status, code),
    st.sampled_from(STATUSES),
    st.sampled_from([None, 30003, 30008]),
)


def row(db, sid=SID):
    """What is stored: the status, its reason, whether it was delivered, whether it failed."""
    return db.execute(
        "SELECT status::text, error_code, delivered_at IS NOT NULL, failed_at IS NOT NULL FROM sms_delivery_receipts"
        " WHERE message_sid = %s",
        (sid,),
    ).fetchone()


def dirty_hours(db):
    rows = db.execute("SELECT family, metric_hour FROM sms_dirty_hours ORDER BY 2").fetchall()
    db.execute("DELETE FROM sms_dirty_hours")
    return rows


def expected(arrived):
    """What any order of these leads to: the latest status in a message's life, with the highest reason given for it."""
    final = max(STATUSES.index(receipt.status) for receipt in arrived)
    codes = [receipt.error_code or 0 for receipt in arrived if receipt.status == STATUSES[final]]
    statuses = {receipt.status for receipt in arrived}
    return (
        STATUSES[final],
        max(codes) or None,
        bool(statuses & {"delivered", "read"}),
        bool(statuses & set(FAILURES)),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrived=st.lists(receipts, min_size=1, max_size=6), order=st.randoms(use_true_random=False))
def test_any_order_of_any_receipts_leads_to_the_same_row(db, arrived, order):
    for turn in (arrived, order.sample(arrived, len(arrived)), [*arrived, *arrived]):
        db.execute("TRUNCATE sms_delivery_receipts")
        for receipt in turn:
            store(db, receipt)
        assert row(db) == expected(arrived)


def test_threads_that_store_the_same_receipts_in_any_order_at_once_agree(db, database_uri):
    life = [Receipt(SID, status, 30003 if status in FAILURES else None) for status in STATUSES]
    before = add_message(db, "10:30", twilio_sid=SID, delivered_at=None)

    def worker(seed):
        with sms_db.connect(database_uri) as conn:
            for receipt in random.Random(seed).sample(life * 3, len(life) * 3):
                store(conn, receipt)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert before
    assert row(db) == ("read", None, True, True)
    assert set(dirty_hours(db)) == {("delivery", at("10:00"))}


def test_a_repeated_receipt_changes_nothing(db):
    add_message(db, "10:30", twilio_sid=SID, delivered_at=None)
    everything = "SELECT r::text, xmin::text FROM sms_delivery_receipts AS r"
    store(db, Receipt(SID, "undelivered", 30003))
    before = db.execute(everything).fetchall()
    assert len(dirty_hours(db)) == 1
    store(db, Receipt(SID, "undelivered", 30003))
    store(db, Receipt(SID, "sent"))
    assert [text for text, _ in db.execute(everything).fetchall()] == [text for text, _ in before]
    assert dirty_hours(db) == []


@pytest.mark.parametrize("status", ["delivered", "read", "failed", "undelivered"])
def test_the_fate_of_a_message_marks_the_hour_it_was_sent_however_long_ago(db, status):
    add_message(db, "2026-01-02 03:59", twilio_sid=SID, delivered_at=None)
    store(db, Receipt(SID, status))
    assert dirty_hours(db) == [("delivery", at("2026-01-02 03:00"))]


@pytest.mark.parametrize("status", ["accepted", "scheduled", "queued", "sending", "sent", "canceled"])
def test_what_is_on_its_way_marks_nothing(db, status):
    add_message(db, "10:30", twilio_sid=SID, delivered_at=None)
    store(db, Receipt(SID, status))
    assert row(db) == (status, None, False, False)
    assert dirty_hours(db) == []


def test_a_message_that_is_read_was_delivered_at_the_first_word_of_it(db):
    store(db, Receipt(SID, "delivered"))
    delivered = db.execute("SELECT delivered_at FROM sms_delivery_receipts").fetchone()
    store(db, Receipt(SID, "read"))
    assert db.execute("SELECT delivered_at FROM sms_delivery_receipts").fetchone() == delivered
    assert row(db) == ("read", None, True, False)


@pytest.mark.parametrize("sent", [None, "infinity", "-infinity", "20000-01-01"])
def test_a_time_that_is_none_marks_nothing(db, sent):
    add_message(db, "10:30", twilio_sid=SID, delivered_at=None)
    db.execute("UPDATE sms_messages SET sent_at = %s::timestamptz", (sent,))
    store(db, Receipt(SID, "delivered"))
    assert dirty_hours(db) == []


def test_a_clock_ahead_of_ours_still_marks_its_hour(db):
    [(now,)] = db.execute("SELECT date_trunc('minute', now())").fetchall()
    add_message(db, now + timedelta(minutes=2), twilio_sid=SID, delivered_at=None)
    store(db, Receipt(SID, "delivered"))
    [(_, hour)] = dirty_hours(db)
    assert hour <= now + timedelta(minutes=2) < hour + HOUR


def test_without_a_preset_that_knows_messages_by_sid_receipts_are_stored_all_the_same(db):
    db.execute("DROP VIEW source_message_sids")
    db.execute(
        "CREATE VIEW source_message_sids AS SELECT NULL::text AS message_sid, NULL::timestamptz AS sent_at WHERE false"
    )
    add_message(db, "10:30", twilio_sid=SID, delivered_at=None)
    store(db, Receipt(SID, "delivered"))
    assert row(db) == ("delivered", None, True, False)
    assert dirty_hours(db) == []
