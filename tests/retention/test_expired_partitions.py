"""Which partitions are past keeping: by their bounds, in UTC, as whole days and whole months."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sms_monitoring.retention.partitions import Partition, RetentionError, expired_partitions
from sms_monitoring.retention.pipeline import make_partitions_ahead
from tests.retention.rows import make_partitions, partition_names, set_keep_days, utc


def names(db, today):
    return [partition.name for partition in expired_partitions(db, date.fromisoformat(today))]


def test_a_day_is_kept_for_ninety_days(db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-03")
    assert names(db, "2025-04-01") == []
    assert expired_partitions(db, date(2025, 4, 2)) == [
        Partition("sms_metrics", "sms_metrics_20250101", utc("2025-01-01"), utc("2025-01-02"))
    ]
    assert names(db, "2025-04-03") == ["sms_metrics_20250101", "sms_metrics_20250102"]


@pytest.mark.parametrize("table", ["sms_metrics_hourly", "sms_alert_evaluations"])
def test_a_month_expires_when_its_last_day_does(db, table):
    set_keep_days(db, table, 90)
    make_partitions(db, table, "2025-02-01", "2025-03-31")
    assert names(db, "2025-05-29") == []
    assert names(db, "2025-05-30") == [f"{table}_202502"]
    assert expired_partitions(db, date(2025, 5, 30)) == [
        Partition(table, f"{table}_202502", utc("2025-02-01"), utc("2025-03-01"))
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_the_session_time_zone_changes_nothing(db, zone):
    for table in ("sms_metrics", "sms_metrics_hourly", "sms_alert_evaluations"):
        make_partitions(db, table, "2025-01-01", "2025-03-31")
        set_keep_days(db, table, 30)
    expected = expired_partitions(db, date(2025, 4, 1))
    db.execute("SELECT set_config('timezone', %s, false)", (zone,))
    assert expired_partitions(db, date(2025, 4, 1)) == expected
    assert {partition.table: partition.end for partition in expected} == {
        "sms_metrics": utc("2025-03-02"),
        "sms_metrics_hourly": utc("2025-03-01"),
        "sms_alert_evaluations": utc("2025-03-01"),
    }


def test_keep_days_changed_by_sql_takes_effect_at_once(db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    assert names(db, "2025-01-12") == []
    set_keep_days(db, "sms_metrics", 10)
    assert names(db, "2025-01-12") == ["sms_metrics_20250101"]


def test_bounds_are_read_from_the_catalogue_not_from_the_name(db):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    db.execute(
        "CREATE TABLE sms_metrics_20250102 PARTITION OF sms_metrics FOR VALUES FROM ('2025-02-01') TO ('2025-03-01')"
    )
    db.execute('ALTER TABLE sms_metrics_20250101 RENAME TO "January 1st"')
    assert names(db, "2025-04-30") == ["January 1st"]


def test_a_bound_inside_a_day_counts_to_its_last_moment(db):
    set_keep_days(db, "sms_alert_evaluations", 30)
    db.execute(
        "CREATE TABLE made_by_hand PARTITION OF sms_alert_evaluations"
        " FOR VALUES FROM ('2025-01-01 00:00-05') TO ('2025-02-01 00:00-05')"
    )
    assert names(db, "2025-03-03") == [], "the first of February is kept, and it holds five hours of that"
    assert expired_partitions(db, date(2025, 3, 4)) == [
        Partition("sms_alert_evaluations", "made_by_hand", utc("2025-01-01 05:00"), utc("2025-02-01 05:00"))
    ]


def test_a_partition_without_two_bounds_is_left_to_whoever_made_it(db):
    db.execute("CREATE TABLE rest PARTITION OF sms_metrics DEFAULT")
    db.execute("CREATE TABLE beginning PARTITION OF sms_metrics FOR VALUES FROM (MINVALUE) TO ('2000-01-01')")
    assert names(db, "2025-04-30") == []


def test_a_policy_without_a_table_is_named(db):
    db.execute("INSERT INTO sms_retention_policies VALUES ('sms_gone', 'day', 90)")
    with pytest.raises(RetentionError, match="names 'sms_gone', which is no partitioned table; delete the row"):
        expired_partitions(db, date(2025, 4, 30))


def test_a_time_is_no_day(db):
    with pytest.raises(TypeError, match="pass a UTC date"):
        expired_partitions(db, datetime(2025, 4, 30, 3))


def test_partitions_are_made_ahead_for_every_policy(db):
    assert make_partitions_ahead(db, date(2025, 1, 28)) == {
        "sms_metrics": 8,
        "sms_metrics_hourly": 2,
        "sms_alert_evaluations": 2,
    }
    assert partition_names(db, "sms_metrics")[-1] == "sms_metrics_20250204"
    assert partition_names(db, "sms_metrics_hourly") == ["sms_metrics_hourly_202501", "sms_metrics_hourly_202502"]
    assert make_partitions_ahead(db, date(2025, 1, 29)) == {
        "sms_metrics": 1,
        "sms_metrics_hourly": 0,
        "sms_alert_evaluations": 0,
    }


def test_today_is_made_too(db):
    assert make_partitions_ahead(db, date(2025, 1, 28), days_ahead=0)["sms_metrics"] == 1
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250128"]


def test_the_tables_that_can_be_made_ahead_are(db):
    db.execute("INSERT INTO sms_retention_policies VALUES ('sms_gone', 'day', 90)")
    with pytest.raises(
        RetentionError, match='sms_gone: sms_retention_policies names "sms_gone", which is no partitioned'
    ):
        make_partitions_ahead(db, date(2025, 1, 28))
    assert len(partition_names(db, "sms_metrics")) == 8
    assert len(partition_names(db, "sms_alert_evaluations")) == 2


def test_no_days_back(db):
    with pytest.raises(RetentionError, match="is no range of days"):
        make_partitions_ahead(db, date(2025, 1, 28), days_ahead=-1)
