"""Retiring one partition: what goes, what is refused, who is in the way, and kill -9 at every step."""

from __future__ import annotations

import gzip
import os
import resource
import signal
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.aggregation.pipeline import aggregate_range
from sms_monitoring.aggregation.recompute import HoursRefusedError
from sms_monitoring.retention.partitions import Partition, RetentionError, partitions_of
from sms_monitoring.retention.retire import PartitionInUseError, retire
from sms_monitoring.timeframe import Window
from tests.killing import killed_before_statement
from tests.product import add_message
from tests.retention.rows import (
    add_metrics,
    add_noise,
    dropped_before,
    dump,
    make_partitions,
    partition_names,
    set_keep_days,
    utc,
    waiting,
)


def partition_of(db, table, index=0):
    return partitions_of(db, table)[index]


def test_the_partition_goes_and_the_policy_remembers(db):
    add_metrics(db, "2025-01-01", 3)
    add_metrics(db, "2025-01-02", 2)
    partition = partition_of(db, "sms_metrics")
    retired = retire(db, partition)
    assert (retired.partition, retired.rows, retired.archived_to) == (partition, 3, None)
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250102"]
    assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (2,)
    assert dropped_before(db, "sms_metrics") == date(2025, 1, 2)
    assert db.execute("SELECT to_regclass('sms_metrics_20250101')").fetchone() == (None,)


def test_a_month_goes_with_its_days(db):
    make_partitions(db, "sms_metrics_hourly", "2025-02-01", "2025-02-01")
    retire(db, partition_of(db, "sms_metrics_hourly"))
    assert dropped_before(db, "sms_metrics_hourly") == date(2025, 3, 1)


def test_dropped_before_never_moves_back(db):
    db.execute("UPDATE sms_retention_policies SET dropped_before = '2025-06-01'")
    db.execute("CREATE TABLE found PARTITION OF sms_metrics FOR VALUES FROM ('2025-01-01') TO ('2025-01-02')")
    retire(db, partition_of(db, "sms_metrics"))
    assert dropped_before(db, "sms_metrics") == date(2025, 6, 1)


def test_an_empty_partition_needs_no_archive(db, tmp_path):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    retired = retire(db, partition_of(db, "sms_metrics"), tmp_path.as_uri())
    assert (retired.rows, retired.archived_to) == (0, None)
    assert dropped_before(db, "sms_metrics") == date(2025, 1, 2)
    assert list(tmp_path.iterdir()) == []


def test_retired_again_it_is_gone_already(db, tmp_path):
    add_metrics(db, "2025-01-01")
    partition = partition_of(db, "sms_metrics")
    retire(db, partition, tmp_path.as_uri())
    assert retire(db, partition, tmp_path.as_uri()) is None


def test_two_runs_at_once_retire_it_once(db, database_uri, tmp_path):
    """The second waits for the first, and finds nothing left to do."""
    add_metrics(db, "2025-01-01", 3)
    partition = partition_of(db, "sms_metrics")
    with (
        sms_db.connect(database_uri) as reader,
        sms_db.connect(database_uri) as first,
        sms_db.connect(database_uri) as second,
    ):
        patient = {"archive_url": tmp_path.as_uri(), "lock_timeout": timedelta(seconds=30)}
        reader.execute("BEGIN; SELECT count(*) FROM sms_metrics")
        with waiting(db, first, lambda: retire(first, partition, **patient)) as one:  # noqa: SIM117
            with waiting(db, second, lambda: retire(second, partition, **patient)) as other:
                reader.execute("COMMIT")
    assert one[0].rows == 3
    assert other == [None]
    assert [path.name for path in tmp_path.rglob("*.*")] == ["sms_metrics_20250101.csv.gz"]


# ── Refused ──────────────────────────────────────────────────────────────────────────────────


def test_what_the_policy_keeps_by_now_is_not_dropped(db):
    """keep_days was raised, or the caller's clock is ahead: the policy and the database's clock decide."""
    add_metrics(db, "2025-01-01")
    partition = partition_of(db, "sms_metrics")
    set_keep_days(db, "sms_metrics", 36500)
    with pytest.raises(RetentionError, match=r"20250101 .* is not dropped: .* for 36500 days, so from"):
        retire(db, partition)
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250101"]


def test_today_is_not_dropped(db):
    today = datetime.now(UTC).date()
    set_keep_days(db, "sms_metrics", 1)
    make_partitions(db, "sms_metrics", str(today), str(today))
    with pytest.raises(RetentionError, match="is not dropped"):
        retire(db, partition_of(db, "sms_metrics"))


def test_a_table_without_a_policy_is_named(db):
    add_metrics(db, "2025-01-01")
    db.execute("DELETE FROM sms_retention_policies WHERE table_name = 'sms_metrics'")
    with pytest.raises(RetentionError, match="'sms_metrics' has no row in sms_retention_policies, so nothing"):
        retire(db, partition_of(db, "sms_metrics"))
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250101"]


def test_a_table_that_is_no_partition_is_never_dropped(db):
    db.execute("CREATE TABLE sms_metrics_20250101 AS SELECT 1 AS precious")
    partition = Partition("sms_metrics", "sms_metrics_20250101", utc("2025-01-01"), utc("2025-01-02"))
    assert retire(db, partition) is None
    assert db.execute("SELECT * FROM sms_metrics_20250101").fetchall() == [(1,)]


def test_a_partition_that_others_depend_on_stays(db, tmp_path):
    add_metrics(db, "2025-01-01")
    db.execute("CREATE VIEW report AS SELECT * FROM sms_metrics_20250101")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist, match="view report depends on table"):
        retire(db, partition_of(db, "sms_metrics"), tmp_path.as_uri())
    assert dropped_before(db, "sms_metrics") is None


def test_a_connection_that_would_not_commit_is_refused(db, database_uri):
    add_metrics(db, "2025-01-01")
    partition = partition_of(db, "sms_metrics")
    with psycopg.connect(database_uri) as conn, pytest.raises(RetentionError, match="autocommit"):
        retire(conn, partition)
    with db.transaction(), pytest.raises(RetentionError, match="outside a transaction"):
        retire(db, partition)


# ── In the way ───────────────────────────────────────────────────────────────────────────────


def test_a_long_reader_is_named_and_the_next_run_goes_through(db, database_uri, tmp_path):
    add_metrics(db, "2025-01-01", 3)
    partition = partition_of(db, "sms_metrics")
    with psycopg.connect(database_uri, application_name="quarterly report") as reader:
        process = reader.info.backend_pid
        reader.execute("SELECT count(*) FROM sms_metrics")
        with pytest.raises(PartitionInUseError) as error:
            retire(db, partition, tmp_path.as_uri(), lock_timeout=timedelta(milliseconds=50))
    assert "sms_metrics_20250101 was left as it is: sms_metrics was not free within 0.05 s" in str(error.value)
    assert f"process {process} (user postgres, application quarterly report, idle in transaction" in str(error.value)
    assert dropped_before(db, "sms_metrics") is None
    assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (3,)
    assert db.execute("SHOW lock_timeout").fetchone() == ("0",), "the limit was the transaction's own"

    assert retire(db, partition, tmp_path.as_uri()).rows == 3


def test_a_writer_in_the_partition_is_named(db, database_uri):
    add_metrics(db, "2025-01-01")
    with psycopg.connect(database_uri, application_name="backfill") as writer:
        writer.execute("UPDATE sms_metrics SET metric_value = 2 WHERE metric_date = '2025-01-01'")
        with pytest.raises(PartitionInUseError, match="application backfill, idle in transaction since"):
            retire(db, partition_of(db, "sms_metrics"), lock_timeout=timedelta(milliseconds=50))


# ── kill -9 ──────────────────────────────────────────────────────────────────────────────────


def test_killed_before_any_statement_nothing_is_lost_or_archived_twice(db, database_uri, tmp_path):
    """Also between archive and drop: the rows are in the table or in the archive, and a rerun comes to the end."""
    step = 0
    killed = True
    while killed:
        day = utc("2025-01-01") + timedelta(days=step)
        add_metrics(db, f"{day:%Y-%m-%d}", 3)
        partition = partition_of(db, "sms_metrics")
        rows = dump(db, partition.name)
        folder = tmp_path / str(step)

        killed = killed_before_statement(database_uri, step, lambda conn: retire(conn, partition, folder.as_uri()))  # noqa: B023

        if killed:
            assert dump(db, partition.name) == rows
            assert dropped_before(db, "sms_metrics") == (None if step == 0 else day.date())
            assert retire(db, partition, folder.as_uri()).rows == 3
        assert partition_names(db, "sms_metrics") == []
        assert dropped_before(db, "sms_metrics") == (day + timedelta(days=1)).date()
        (file,) = folder.rglob("*.*")
        assert (file.name, len(gzip.decompress(file.read_bytes()).splitlines())) == (f"{partition.name}.csv.gz", 4)
        step += 1
    assert step > 8, "it was killed at every step of a run with an archive"


def test_killed_in_the_middle_of_the_file(db, database_uri, tmp_path):
    add_noise(db, "2025-01-01", megabytes=2)
    partition = partition_of(db, "sms_metrics")
    rows = dump(db, partition.name)
    child = os.fork()
    if child == 0:
        # The kernel kills whoever writes past the limit, in the middle of a write.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        with sms_db.connect(database_uri) as conn:
            retire(conn, partition, tmp_path.as_uri())
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGXFSZ
    (part,) = tmp_path.rglob("*.*")
    assert (part.name, part.stat().st_size) == ("sms_metrics_20250101.csv.gz.part", 300_000)
    assert dump(db, partition.name) == rows

    assert retire(db, partition, tmp_path.as_uri()).rows == 2048
    assert [path.name for path in tmp_path.rglob("*.*")] == ["sms_metrics_20250101.csv.gz"]


# ── Afterwards ───────────────────────────────────────────────────────────────────────────────


def test_a_dropped_day_is_refused_when_recorded_even_if_keep_days_is_raised(db):
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    add_metrics(db, "2025-01-01")
    retire(db, partition_of(db, "sms_metrics"))
    set_keep_days(db, "sms_metrics", 36500)
    record = "SELECT record_sms_metric('sent_count', 1, 'ann', %s)"
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="lies before 2025-01-02, the oldest day"):
        db.execute(record, (utc("2025-01-01 23:59"),))
    db.execute(record, (utc("2025-01-02 00:00"),))
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250102"]


def test_a_dropped_day_is_refused_when_recomputed_and_its_rollup_stays(db):
    add_message(db, utc("2025-01-01 10:00"))
    window = Window(utc("2025-01-01 10:00"), utc("2025-01-01 11:00"))
    aggregate_range(db, "delivery", window)
    rollup = dump(db, "sms_metrics_hourly_202501")
    retire(db, partition_of(db, "sms_metrics"))

    with pytest.raises(HoursRefusedError, match="dropped by retention"):
        aggregate_range(db, "delivery", window)
    assert partition_names(db, "sms_metrics") == []
    assert dump(db, "sms_metrics_hourly_202501") == rollup
