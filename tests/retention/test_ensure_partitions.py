"""sms_ensure_partitions(): which partitions, with which bounds, made by how many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.migrations import migrate
from sms_monitoring.retention.partitions import partitions_of
from tests.retention.rows import dropped_before, make_partitions, partition_names, utc, waiting


@pytest.fixture
def another(database_uri):
    """Opens further sessions of this test's database."""
    opened = []

    def connect(*, autocommit=True):
        conn = psycopg.connect(database_uri, autocommit=autocommit)
        opened.append(conn)
        return conn

    yield connect
    for conn in opened:
        conn.close()


def bounds(db, table):
    return [(partition.start, partition.end) for partition in partitions_of(db, table)]


def set_dropped_before(db, table, day):
    db.execute("UPDATE sms_retention_policies SET dropped_before = %s WHERE table_name = %s", (day, table))


@pytest.mark.parametrize(
    ("table", "first", "last", "expected"),
    [
        ("sms_metrics", "2025-02-28", "2025-03-01", ["2025-02-28", "2025-03-01", "2025-03-02"]),
        ("sms_metrics_hourly", "2025-02-28", "2025-03-01", ["2025-02-01", "2025-03-01", "2025-04-01"]),
        ("sms_alert_evaluations", "2024-12-31", "2025-01-01", ["2024-12-01", "2025-01-01", "2025-02-01"]),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("date_style", ["ISO, YMD", "SQL, DMY"])
def test_bounds_are_utc_days_in_any_session(another, db, table, first, last, expected, zone, date_style):
    session = another()
    session.execute("SELECT set_config('timezone', %s, false), set_config('datestyle', %s, false)", (zone, date_style))
    assert make_partitions(session, table, first, last) == 2
    assert bounds(db, table) == [(utc(start), utc(end)) for start, end in pairwise(expected)]


def test_bounds_do_not_shift_where_clocks_do(another, db):
    session = another()
    session.execute("SET timezone = 'America/New_York'")
    assert make_partitions(session, "sms_metrics", "2025-03-08", "2025-03-10") == 3  # clocks go forward on the 9th
    assert make_partitions(session, "sms_alert_evaluations", "2025-11-01", "2025-12-01") == 2
    assert [end - start for start, end in bounds(db, "sms_metrics")] == [utc("2025-03-09") - utc("2025-03-08")] * 3
    assert bounds(session, "sms_alert_evaluations") == [
        (utc("2025-11-01"), utc("2025-12-01")),
        (utc("2025-12-01"), utc("2026-01-01")),
    ]


def test_what_is_there_is_not_made_again(db):
    assert make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-03") == 3
    assert make_partitions(db, "sms_metrics", "2025-01-02", "2025-01-04") == 1


@pytest.mark.parametrize(
    ("table", "dropped", "first", "last", "expected"),
    [
        ("sms_metrics", "2025-01-03", "2025-01-01", "2025-01-04", ["sms_metrics_20250103", "sms_metrics_20250104"]),
        ("sms_metrics", "2025-01-03", "2025-01-01", "2025-01-02", []),
        ("sms_metrics_hourly", "2025-02-01", "2025-01-15", "2025-02-15", ["sms_metrics_hourly_202502"]),
        # A date inside a month: the month is made for the days that are left, not for those that are gone.
        ("sms_metrics_hourly", "2025-01-15", "2025-01-01", "2025-01-15", ["sms_metrics_hourly_202501"]),
        ("sms_metrics_hourly", "2025-01-15", "2025-01-01", "2025-01-14", []),
    ],
)
def test_dropped_days_do_not_come_back(db, table, dropped, first, last, expected):
    set_dropped_before(db, table, dropped)
    assert make_partitions(db, table, first, last) == len(expected)
    assert partition_names(db, table) == expected


def test_a_partition_has_the_keys_and_checks_of_its_table(db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    insert = (
        "INSERT INTO sms_metrics (metric_date, metric_hour, metric_type, metric_value)"
        " VALUES ('2025-01-01', %s, 'sent_count', 1)"
        " ON CONFLICT ON CONSTRAINT sms_metrics_key DO UPDATE SET metric_value = 2"
    )
    for _ in range(2):
        db.execute(insert, (utc("2025-01-01 10:00"),))
    assert db.execute("SELECT metric_value FROM sms_metrics").fetchall() == [(2,)]
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute(insert, (utc("2025-01-01 10:30"),))
    assert db.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'sms_metrics_20250101'").fetchone() == (1,)


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


def test_two_makers_of_one_partition_make_it_once(another, db):
    first, second = another(autocommit=False), another()
    assert make_partitions(first, "sms_metrics", "2025-01-01", "2025-01-01") == 1
    with waiting(db, second, lambda: make_partitions(second, "sms_metrics", "2025-01-01", "2025-01-01")) as outcome:
        first.commit()
    assert outcome == [0]
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250101"]


def test_where_the_first_maker_gives_up_the_second_makes_it(another, db):
    first, second = another(autocommit=False), another()
    make_partitions(first, "sms_metrics", "2025-01-01", "2025-01-01")
    with waiting(db, second, lambda: make_partitions(second, "sms_metrics", "2025-01-01", "2025-01-01")) as outcome:
        first.rollback()
    assert outcome == [1]
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250101"]


def test_many_makers_of_many_partitions(db, database_uri):
    def make(_):
        with sms_db.connect(database_uri) as conn:
            return make_partitions(conn, "sms_metrics", "2025-01-01", "2025-01-10")

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(make, range(4))) == 10


def record(conn, at):
    conn.execute("SELECT record_sms_metric('sent_count', 1, 'ann', %s)", (utc(at),))


@pytest.fixture
def recording(db):
    """Applications record, as far back as they like."""
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    db.execute("UPDATE sms_retention_policies SET keep_days = 36500")


@pytest.mark.usefixtures("recording")
def test_a_writer_of_another_day_does_not_wait_for_a_maker(another, db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    maker = another(autocommit=False)
    make_partitions(maker, "sms_metrics", "2025-01-02", "2025-01-02")
    db.execute("SET lock_timeout = '1s'")
    record(db, "2025-01-01 10:00")
    assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (1,)


@pytest.mark.usefixtures("recording")
def test_a_maker_does_not_wait_for_a_writer(another, db):
    writer = another(autocommit=False)
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    record(writer, "2025-01-01 10:00")
    db.execute("SET lock_timeout = '1s'")
    assert make_partitions(db, "sms_metrics", "2025-01-02", "2025-01-02") == 1


@pytest.mark.usefixtures("recording")
def test_a_writer_in_mid_transaction_uses_the_partition_that_another_session_has_just_made(another, db):
    maker, writer = another(autocommit=False), another(autocommit=False)
    record(writer, "2025-01-01 10:00")
    writer.commit()
    record(writer, "2025-01-01 11:00")
    make_partitions(maker, "sms_metrics", "2025-01-02", "2025-01-02")
    with waiting(db, writer, lambda: record(writer, "2025-01-02 10:00")) as outcome:
        maker.commit()
    assert outcome == [None]
    writer.commit()
    assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (3,)


def test_a_maker_that_waited_for_a_drop_does_not_bring_the_day_back(another, db):
    dropping, maker = another(autocommit=False), another()
    # As retention commits it, with the maker past its first look at the policy.
    dropping.execute("LOCK TABLE sms_metrics IN ACCESS EXCLUSIVE MODE")
    set_dropped_before(dropping, "sms_metrics", "2025-01-02")
    with waiting(db, maker, lambda: make_partitions(maker, "sms_metrics", "2025-01-01", "2025-01-02")) as outcome:
        dropping.commit()
    assert outcome == [1]
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250102"]
    assert str(dropped_before(db, "sms_metrics")) == "2025-01-02"


# ── Another schema, bad input ────────────────────────────────────────────────────────────────


def test_each_schema_has_partitions_of_its_own(empty_database_uri):
    with sms_db.connect(empty_database_uri) as conn:
        for schema in ("public", "second"):
            conn.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            migrate(lambda: psycopg.connect(empty_database_uri, options=f"-c search_path={schema}"))  # noqa: B023
        make_partitions(conn, "sms_metrics", "2025-01-01", "2025-01-01")
        conn.execute("SET search_path = second, public")
        assert make_partitions(conn, "sms_metrics", "2025-01-01", "2025-01-01") == 1
        assert partition_names(conn, "sms_metrics") == ["sms_metrics_20250101"]
        assert partition_names(conn, "public.sms_metrics") == ["public.sms_metrics_20250101"]


def test_a_table_without_a_policy_is_named(db):
    with pytest.raises(psycopg.errors.RaiseException, match='table "sms_events" has no row in sms_retention_policies'):
        make_partitions(db, "sms_events", "2025-01-01", "2025-01-01")


@pytest.mark.parametrize("table", ["sms_gone", "sms_metric_types"])
def test_a_policy_without_a_partitioned_table_is_named(db, table):
    db.execute("INSERT INTO sms_retention_policies VALUES (%s, 'day', 90)", (table,))
    with pytest.raises(psycopg.errors.RaiseException, match=f'names "{table}", which is no partitioned table'):
        make_partitions(db, table, "2025-01-01", "2025-01-01")


def test_a_table_that_stands_where_the_partition_belongs_is_named(db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    db.execute("ALTER TABLE sms_metrics DETACH PARTITION sms_metrics_20250101")
    with pytest.raises(psycopg.errors.RaiseException, match="sms_metrics_20250101 exists but is not attached"):
        make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")


@pytest.mark.parametrize(
    ("first", "last"), [("2025-01-02", "2025-01-01"), (None, "2025-01-01"), ("2025-01-01", "infinity")]
)
def test_a_range_that_is_none_is_refused(db, first, last):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is no range of days"):
        make_partitions(db, "sms_metrics", first, last)
