"""Retention of every table: one run does it all, the next has nothing to do, and one table's trouble is its own."""

from __future__ import annotations

from datetime import date

import pytest

from sms_monitoring.retention.partitions import RetentionError
from sms_monitoring.retention.pipeline import retire_expired, run_retention
from tests.retention.rows import (
    TODAY,
    add_metrics,
    dropped_before,
    make_partitions,
    partition_names,
    set_keep_days,
)


@pytest.fixture
def db(db):
    """Two expired days of metrics and one that is kept, one expired month of the rollup and one that is kept."""
    set_keep_days(db, "sms_metrics_hourly", 90)
    for day in ("2025-01-01", "2025-01-02", "2025-05-31"):
        add_metrics(db, day, 2)
    for day in ("2025-02-01", "2025-05-01"):
        make_partitions(db, "sms_metrics_hourly", day, day)
        db.execute(
            "INSERT INTO sms_metrics_hourly (metric_date, metric_hour, metric_type, value_sum, value_count)"
            " VALUES (%(day)s, %(day)s::date::timestamp AT TIME ZONE 'UTC', 'sent_count', 1, 1)",
            {"day": day},
        )
    return db


def test_old_goes_new_comes(db, tmp_path):
    report = run_retention(db, TODAY, archive_url=tmp_path.as_uri())
    assert report.created == {"sms_alert_evaluations": 1, "sms_metrics": 8, "sms_metrics_hourly": 1}
    assert [(retired.partition.name, retired.rows) for retired in report.retired] == [
        ("sms_metrics_20250101", 2),
        ("sms_metrics_20250102", 2),
        ("sms_metrics_hourly_202502", 1),
    ]
    assert str(report) == "10 partitions made, 3 dropped with 5 rows"
    assert partition_names(db, "sms_metrics")[0] == "sms_metrics_20250531"
    assert partition_names(db, "sms_metrics_hourly") == ["sms_metrics_hourly_202505", "sms_metrics_hourly_202506"]
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == [
        "sms_metrics/sms_metrics_20250101.csv.gz",
        "sms_metrics/sms_metrics_20250102.csv.gz",
        "sms_metrics_hourly/sms_metrics_hourly_202502.csv.gz",
    ]


def test_the_next_run_has_nothing_to_do(db):
    run_retention(db, TODAY)
    report = run_retention(db, TODAY)
    assert set(report.created.values()) == {0}
    assert report.retired == []


def test_daily_rows_are_kept(db):
    db.execute("INSERT INTO sms_metrics_by_day VALUES ('2025-01-01', 'sent_count', 2, 2)")
    db.execute("INSERT INTO sms_active_users_by_day VALUES ('2025-01-01', 2)")
    run_retention(db, TODAY)
    assert db.execute("SELECT count(*) FROM sms_metrics_by_day").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM sms_active_users_by_day").fetchone() == (1,)


def test_one_table_that_fails_stops_no_other_and_is_named_with_its_reason(db, tmp_path):
    (tmp_path / "sms_metrics").write_text("a file where the folder should be")
    db.execute("INSERT INTO sms_retention_policies VALUES ('sms_gone', 'day', 90)")
    with pytest.raises(RetentionError) as error:
        run_retention(db, TODAY, archive_url=tmp_path.as_uri())
    assert 'sms_gone: sms_retention_policies names "sms_gone", which is no partitioned table' in str(error.value)
    assert "sms_metrics: cannot write archive file:///" in str(error.value)
    assert "sms_metrics_hourly:" not in str(error.value)
    assert partition_names(db, "sms_metrics")[:2] == ["sms_metrics_20250101", "sms_metrics_20250102"]
    assert partition_names(db, "sms_metrics")[-1] == "sms_metrics_20250608"
    assert dropped_before(db, "sms_metrics") is None
    assert partition_names(db, "sms_metrics_hourly") == ["sms_metrics_hourly_202505", "sms_metrics_hourly_202506"]

    (tmp_path / "sms_metrics").unlink()
    db.execute("DELETE FROM sms_retention_policies WHERE table_name = 'sms_gone'")
    report = run_retention(db, TODAY, archive_url=tmp_path.as_uri())
    assert [retired.partition.name for retired in report.retired] == ["sms_metrics_20250101", "sms_metrics_20250102"]


def test_a_table_goes_in_order_and_stops_at_its_first_failure(db):
    """Else dropped_before would pass over a partition that is still there."""
    db.execute("CREATE VIEW report AS SELECT * FROM sms_metrics_20250101")
    with pytest.raises(RetentionError, match="sms_metrics: cannot drop table sms_metrics_20250101"):
        retire_expired(db, TODAY)
    assert partition_names(db, "sms_metrics")[:2] == ["sms_metrics_20250101", "sms_metrics_20250102"]
    assert dropped_before(db, "sms_metrics") is None
    assert dropped_before(db, "sms_metrics_hourly") == date(2025, 3, 1)
