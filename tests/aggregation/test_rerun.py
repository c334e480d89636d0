"""Any hour, any number of times, in any order, at once, with late receipts between: the same tables."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sms_monitoring import db as sms_db
from sms_monitoring.aggregation import changes
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, aggregate_range, refresh_views
from sms_monitoring.aggregation.recompute import HoursRefusedError
from sms_monitoring.sources import SourceContractError
from sms_monitoring.timeframe import HOUR, Window
from tests.killing import killed_before_statement
from tests.product import ANN, BOB, CLEO, add_message, at, receipt

HOURS = [at("08:00") + index * HOUR for index in range(6)]
TABLES = ("sms_metrics", "sms_metrics_hourly", "sms_metrics_by_day", "sms_active_users_by_day")


def snapshot(db):
    """Every row of every table, as text: what "byte-identical" compares."""
    return {
        table: [row for (row,) in db.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1").fetchall()]
        for table in TABLES
    }


def traffic(db, seed=1, count=60):
    """Some messages over the hours; about a third wait for their receipt. Returns those that wait."""
    draw = random.Random(seed)
    waiting = []
    for _ in range(count):
        sent = draw.choice(HOURS) + timedelta(seconds=draw.randrange(3600))
        late = draw.random() < 0.3
        message = add_message(
            db,
            sent,
            user_id=draw.choice([ANN, BOB, CLEO]),
            carrier=draw.choice(["Verizon", "AT&T", None]),
            campaign_id=draw.choice(["spring", None]),
            generated_via=draw.choice(["llm", "template", None]),
            generation_cost_usd=f"{draw.random():.6f}",
            sms_cost_usd=f"{draw.random():.4f}",
            **({"delivered_at": None} if late else {}),
        )
        if late:
            waiting.append((message, sent + timedelta(minutes=draw.randrange(1, 180))))
    return waiting


def run_hour(db, hour, families=FAMILIES):
    for family in families:
        aggregate_hour(db, family, Window(hour, hour + HOUR))


def clean_run(db):
    """The truth: everything forgotten, then one run over all hours."""
    for table in (*TABLES, "sms_dirty_hours", "sms_dirty_days", "sms_source_watermarks"):
        db.execute(f"TRUNCATE {table}")
    for family in FAMILIES:
        aggregate_range(db, family, Window(HOURS[0] - HOUR, HOURS[-1] + HOUR))
    refresh_views(db)
    return snapshot(db)


@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(HOURS * 2), seed=st.integers(0, 1000))
def test_any_order_with_late_receipts_between_equals_one_clean_run(db, order, seed):
    db.execute("TRUNCATE sms_messages")
    clean_run(db)
    waiting = traffic(db, seed, count=25)
    clock = at("20:00")  # when a receipt becomes known: only ever later
    for index, hour in enumerate(order):
        clock += timedelta(minutes=1)
        if waiting and index % 2:
            receipt(db, *waiting.pop(), known_at=clock)
        run_hour(db, hour)
    for message, delivered_at in waiting:
        receipt(db, message, delivered_at, known_at=clock)
    run_hour(db, HOURS[-1])
    refresh_views(db)
    found = snapshot(db)
    assert found == clean_run(db)


def test_three_runs_of_the_same_hours_at_once_equal_one_clean_run(db, database_uri):
    traffic(db)

    def worker(seed):
        order = random.Random(seed).sample(HOURS, len(HOURS))
        with sms_db.connect(database_uri) as conn:
            for hour in order:
                run_hour(conn, hour)
            refresh_views(conn)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    found = snapshot(db)
    assert found == clean_run(db)


def test_a_late_receipt_is_found_by_the_next_run_however_old_its_hour(db):
    message = add_message(db, "2026-03-01 10:30", delivered_at=None)
    old = Window(at("2026-03-01 10:00"), at("2026-03-01 11:00"))
    for family in FAMILIES:
        aggregate_range(db, family, old)
    receipt(db, message, at("2026-03-09 23:00"), known_at=at("10:20"))
    run_hour(db, at("10:00"))
    delivered = db.execute(
        "SELECT metric_hour FROM sms_metrics_hourly WHERE metric_type = 'delivered_count'"
    ).fetchall()
    assert delivered == [(old.start,)]


def test_a_key_that_vanished_from_the_source_vanishes_from_the_tables(db):
    message = add_message(db, "10:00", carrier="Verizon")
    add_message(db, "10:10", user_id=BOB, carrier="AT&T")
    run_hour(db, at("10:00"))
    db.execute("DELETE FROM sms_messages WHERE id = %s", (message,))
    run_hour(db, at("10:00"))
    assert db.execute("SELECT DISTINCT user_id FROM sms_metrics").fetchall() == [(BOB,)]
    carriers = "SELECT DISTINCT dimension_value FROM sms_metrics_hourly WHERE dimension = 'carrier'"
    assert db.execute(carriers).fetchall() == [("AT&T",)]


def test_a_run_leaves_hours_after_its_own_for_their_own_run(db):
    add_message(db, "10:30")
    add_message(db, "12:30")
    run_hour(db, at("10:00"))
    assert db.execute("SELECT max(metric_hour) FROM sms_metrics").fetchone() == (at("10:00"),)
    run_hour(db, at("12:00"))
    assert db.execute("SELECT max(metric_hour) FROM sms_metrics").fetchone() == (at("12:00"),)


def test_rows_dated_in_the_future_are_reported_and_not_aggregated(db, caplog):
    now = datetime.now(UTC)
    add_message(db, now + timedelta(days=400), created_at=now, updated_at=now)
    changes.notice_changes(db, FAMILIES["delivery"], now)
    assert "rows dated in the future" in caplog.text
    assert db.execute("SELECT max(metric_hour) < now() FROM sms_dirty_hours").fetchone() == (True,)


def test_hours_that_retention_dropped_are_refused_and_keep_their_values(db):
    add_message(db, "10:00")
    window = Window(at("09:00"), at("11:00"))
    aggregate_range(db, "delivery", window)
    before = snapshot(db)
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2026-03-11' WHERE table_name = 'sms_metrics'")
    with pytest.raises(HoursRefusedError, match=r"delivery: 2 hour\(s\) from 2026-03-10 09:00 .* dropped by retention"):
        aggregate_range(db, "delivery", window)
    assert snapshot(db) == before


def test_hours_that_the_source_no_longer_reaches_are_refused_never_rewritten_as_zeros(db):
    add_message(db, "2026-03-01 10:00")
    add_message(db, "10:00")
    window = Window(at("2026-03-01 00:00"), at("11:00"))
    aggregate_range(db, "delivery", window)
    before = snapshot(db)
    db.execute("DELETE FROM sms_messages WHERE sent_at < '2026-03-05'")
    with pytest.raises(HoursRefusedError, match=r"2 hour\(s\)"):
        aggregate_range(db, "delivery", window)
    assert snapshot(db) == before


def test_an_old_change_does_not_stop_the_hourly_run(db):
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2026-03-05' WHERE table_name = 'sms_metrics'")
    add_message(db, "2026-03-01 10:00", updated_at=at("10:30"))
    add_message(db, "10:00")
    result = aggregate_hour(db, "delivery", Window(at("10:00"), at("11:00")))
    assert result.refused == [at("2026-03-01 09:00"), at("2026-03-01 10:00")]
    assert at("10:00") in result.hours
    assert db.execute("SELECT count(*) FROM sms_dirty_hours").fetchone() == (0,)


def test_a_broken_source_view_fails_its_own_family_only(db):
    add_message(db, "10:00", generated_via="llm")
    db.execute("ALTER VIEW source_messages RENAME COLUMN carrier TO operator")
    with pytest.raises(SourceContractError, match=r"source_messages .* column carrier \(text\) is missing"):
        run_hour(db, at("09:00"), ["delivery"])
    run_hour(db, at("09:00"), ["generation", "engagement", "recorded"])
    types = {name for (name,) in db.execute("SELECT metric_type FROM sms_metrics_hourly").fetchall()}
    assert types == {"llm_success_count"}


def test_hours_survive_daylight_saving_changes_of_the_session(db):
    """The switch in New York on 8 March 2026: no hour is lost or doubled, whatever zone a session speaks."""
    db.execute("SET timezone = 'America/New_York'")
    start = at("2026-03-08 00:00")
    for hour in range(24):
        add_message(db, start + hour * HOUR + timedelta(minutes=30))
    for family in FAMILIES:
        aggregate_range(db, family, Window(start, start + 24 * HOUR))
    refresh_views(db)
    sent = db.execute("SELECT count(*), count(DISTINCT metric_date) FROM sms_metrics WHERE metric_type = 'sent_count'")
    assert sent.fetchone() == (24, 1)
    [day] = db.execute("SELECT metric_date::text, sent_count FROM sms_metrics_daily ORDER BY 1 DESC LIMIT 1").fetchall()
    assert day == ("2026-03-08", 24)


def test_kill_9_before_any_statement_then_a_rerun_equals_one_clean_run(db, database_uri):
    waiting = traffic(db, count=25)
    for hour in HOURS:
        run_hour(db, hour)
    for message, delivered_at in waiting:
        receipt(db, message, delivered_at, known_at=at("20:00"))

    def last_hour(conn):
        run_hour(conn, HOURS[-1])
        refresh_views(conn)

    statement = 0
    while killed_before_statement(database_uri, statement, last_hour):
        statement += 1
    assert statement > 20, "the whole path was walked, statement by statement"
    found = snapshot(db)
    assert found == clean_run(db)


def test_a_single_old_row_does_not_disarm_the_guard_against_purged_hours(db):
    add_message(db, "2001-01-01 10:00")
    add_message(db, "2026-03-01 10:00")
    window = Window(at("2026-03-01 09:00"), at("2026-03-01 11:00"))
    aggregate_range(db, "delivery", window)
    before = snapshot(db)
    db.execute("DELETE FROM sms_messages WHERE sent_at > '2026-01-01'")
    with pytest.raises(HoursRefusedError):
        aggregate_range(db, "delivery", window)
    assert snapshot(db) == before


@pytest.mark.parametrize(
    "odd",
    [
        {"campaign_id": "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))},
        {"carrier": "".join(random.Random(2).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))},
        {"generated_via": "llm", "generation_time_ms": 2**31 - 1},
        {"updated_at": "infinity"},
        {"failed_at": "infinity"},
        {"cancelled_at": "-infinity"},
        {"cancelled_at": "20000-01-01"},
        {"failed_at": "0044-03-15 BC"},
    ],
    ids=lambda odd: next(reversed(odd)),
)
def test_one_odd_row_does_not_blind_its_family(db, odd):
    add_message(db, "10:00")
    add_message(db, "10:10", updated_at=at("10:11"))
    columns = ", ".join(f"{name} = %({name})s" for name in odd)
    db.execute(f"UPDATE sms_messages SET {columns} WHERE sent_at = '2026-03-10 10:10+00'", odd)
    run_hour(db, at("10:00"))
    [(sent,)] = db.execute(
        "SELECT value_sum FROM sms_metrics_hourly WHERE metric_type = 'sent_count' AND dimension = 'all'"
    ).fetchall()
    assert sent == 2


def test_a_transaction_that_commits_an_hour_late_is_found(db):
    message = add_message(db, "2026-03-09 10:30", delivered_at=None)
    run_hour(db, at("2026-03-09 10:00"))
    add_message(db, "11:59")
    run_hour(db, at("11:00"))
    receipt(db, message, at("10:40"), known_at=at("11:00"))
    run_hour(db, at("12:00"))
    old = db.execute(
        "SELECT count(*) FROM sms_metrics WHERE metric_date = '2026-03-09' AND metric_type = 'delivered_count'"
    )
    assert old.fetchone() == (1,)


def test_retention_between_aggregation_and_refresh_keeps_what_was_counted(db):
    add_message(db, "10:00")
    window = Window(at("10:00"), at("11:00"))
    aggregate_range(db, "delivery", window)
    refresh_views(db)
    aggregate_range(db, "delivery", window)
    db.execute("DROP TABLE sms_metrics_20260310")
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2026-03-11' WHERE table_name = 'sms_metrics'")
    refresh_views(db)
    assert db.execute("SELECT active_users FROM sms_active_users_by_day").fetchall() == [(1,)]
