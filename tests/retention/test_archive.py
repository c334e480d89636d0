"""The archive: a file that equals its partition byte for byte, or no drop."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from airflow.sdk.io.store import _STORE_CACHE, attach
from fsspec.implementations.memory import MemoryFileSystem

from sms_monitoring import db as sms_db
from sms_monitoring.retention.archive import ArchiveError, archive_path, read
from sms_monitoring.retention.partitions import partitions_of
from sms_monitoring.retention.retire import PartitionInUseError, retire
from tests.retention.rows import (
    add_metrics,
    add_noise,
    dropped_before,
    dump,
    make_partitions,
    partition_names,
    utc,
    waiting,
)

AWKWARD = ["ann", "", "O'Brien", 'says "hi"', "a,b;c\td", "two\nlines", "\r\n", '"\n"', "\\.", "NULL", "Ünïcödé 🙂"]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


@pytest.fixture
def url(folder):
    return folder.as_uri()


def only_partition(db, table):
    (partition,) = partitions_of(db, table)
    return partition


def add_awkward_rows(db):
    """Metrics and evaluations whose texts break what is not a CSV writer."""
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    make_partitions(db, "sms_alert_evaluations", "2025-01-01", "2025-01-01")
    for index, text in enumerate([None, *AWKWARD]):
        db.execute(
            "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
            " VALUES ('2025-01-01', %s, %s, 'llm_cost_usd', %s::numeric / 7)",
            (utc("2025-01-01 10:00"), text, index),
        )
        db.execute(
            "INSERT INTO sms_alert_evaluations (window_end, window_start, alert_type, entity, value, verdict, reason,"
            " replayed, details) VALUES (%s, %s, 'delivery_rate_critical', 'all', %s, 'ok', %s, false,"
            " jsonb_build_object('text', %s::text, 'n', 1.50))",
            (utc("2025-01-01 11:00"), utc("2025-01-01 10:00"), "NaN" if index else None, text or "-", text),
        )


@pytest.mark.parametrize("table", ["sms_metrics", "sms_alert_evaluations"])
def test_an_archive_read_back_equals_the_partition_byte_for_byte(db, folder, url, table):
    add_awkward_rows(db)
    partition = only_partition(db, table)
    before = dump(db, partition.name)

    retired = retire(db, partition, url)

    file = folder / table / f"{partition.name}.csv.gz"
    assert (retired.partition, retired.rows, retired.archived_to) == (partition, 12, file.as_uri())
    db.execute(f"CREATE TABLE restored (LIKE {table})")
    with db.cursor() as cursor, cursor.copy("COPY restored FROM STDIN (FORMAT csv, HEADER MATCH)") as copy:
        copy.write(gzip.decompress(file.read_bytes()))
    db.execute(f"ALTER TABLE restored RENAME TO {partition.name}")
    assert dump(db, partition.name) == before


def test_only_the_archive_is_left_behind(db, folder, url):
    add_metrics(db, "2025-01-01", 3)
    retire(db, only_partition(db, "sms_metrics"), url)
    assert [path.name for path in folder.rglob("*.*")] == ["sms_metrics_20250101.csv.gz"]


def test_its_rows_are_in_key_order(db, folder, url):
    make_partitions(db, "sms_metrics", "2025-01-01", "2025-01-01")
    for user, hour in (("b", "11"), ("a", "11"), ("b", "10"), (None, "10")):
        db.execute(
            "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
            " VALUES ('2025-01-01', %s, %s, 'sent_count', 1)",
            (utc(f"2025-01-01 {hour}:00"), user),
        )
    retire(db, only_partition(db, "sms_metrics"), url)
    text = gzip.decompress((folder / "sms_metrics/sms_metrics_20250101.csv.gz").read_bytes()).decode()
    assert [line.split(",")[1:3] for line in text.splitlines()] == [
        ["metric_hour", "user_id"],
        ["2025-01-01 10:00:00+00", "b"],
        ["2025-01-01 10:00:00+00", ""],
        ["2025-01-01 11:00:00+00", "a"],
        ["2025-01-01 11:00:00+00", "b"],
    ]


def test_what_a_killed_run_left_half_written_is_written_anew(db, folder, url):
    add_metrics(db, "2025-01-01", 3)
    (folder / "sms_metrics").mkdir(parents=True)
    (folder / "sms_metrics" / "sms_metrics_20250101.csv.gz.part").write_bytes(b"\x1f\x8bhalf a file")
    retire(db, only_partition(db, "sms_metrics"), url)
    assert [path.name for path in folder.rglob("*.*")] == ["sms_metrics_20250101.csv.gz"]


def test_the_same_rows_make_the_same_file_in_any_session(db, database_uri, folder, url):
    """An archive whose drop failed is taken up by the next run, whatever its connection is set to."""
    add_awkward_rows(db)
    partition = only_partition(db, "sms_metrics")
    file = folder / "sms_metrics" / f"{partition.name}.csv.gz"
    with db.transaction(), pytest.raises(PartitionInUseError):
        db.execute("SELECT count(*) FROM sms_metrics")
        retire_elsewhere(database_uri, partition, url)
    first = (file.read_bytes(), file.stat().st_ino)
    retire_elsewhere(
        database_uri,
        partition,
        url,
        "SET timezone = 'America/New_York'",
        "SET datestyle = 'SQL, DMY'",
        "SET client_encoding = 'LATIN1'",
        "SET default_transaction_isolation = 'serializable'",
    )
    assert (file.read_bytes(), file.stat().st_ino) == first
    assert partition_names(db, "sms_metrics") == []


def retire_elsewhere(database_uri, partition, url, *settings):
    with sms_db.connect(database_uri) as conn:
        for setting in settings:
            conn.execute(setting)
        return retire(conn, partition, url, lock_timeout=timedelta(milliseconds=200))


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_rows_committed_while_it_waits_for_the_partition_are_archived(db, database_uri, url, isolation):
    add_metrics(db, "2025-01-01", 3)
    partition = only_partition(db, "sms_metrics")
    with psycopg.connect(database_uri) as writer, psycopg.connect(database_uri, autocommit=True) as conn:
        conn.execute("SELECT set_config('default_transaction_isolation', %s, false)", (isolation,))
        writer.execute(
            "INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)"
            " VALUES ('2025-01-01', %s, 'late', 'sent_count', 1)",
            (utc("2025-01-01"),),
        )
        with waiting(db, conn, lambda: retire(conn, partition, url)) as outcome:
            writer.commit()
    (retired,) = outcome
    assert retired.rows == 4
    assert read(archive_path(url, partition)).rows == 4


# ── No archive, no drop ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(db):
    """A partition that must be there, with all its rows, when the test has ended."""
    add_metrics(db, "2025-01-01", 3)
    before = dump(db, "sms_metrics_20250101")
    yield only_partition(db, "sms_metrics")
    assert dump(db, "sms_metrics_20250101") == before
    assert partition_names(db, "sms_metrics") == ["sms_metrics_20250101"]
    assert dropped_before(db, "sms_metrics") is None


def test_nothing_is_dropped_where_the_target_cannot_be_written(db, folder, url, kept):
    folder.write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match=r"cannot write archive file:///.*Check the archive URL"):
        retire(db, kept, url)


def test_nothing_is_dropped_where_an_object_store_has_no_provider(db, kept):
    with pytest.raises(ArchiveError, match="No filesystem registered for scheme ftp"):
        retire(db, kept, "ftp://host/archive")


@pytest.mark.parametrize("bad", ["archive", "/srv/archive", "file://srv/archive"])
def test_an_archive_url_that_is_none_is_refused(db, kept, bad):
    with pytest.raises(ValueError, match="neither an absolute local path"):
        retire(db, kept, bad)


def test_an_archive_with_other_rows_is_not_overwritten(db, folder, url, kept):
    file = folder / "sms_metrics" / "sms_metrics_20250101.csv.gz"
    file.parent.mkdir(parents=True)
    other = gzip.compress(b"metric_date\n2025-01-01\n")
    file.write_bytes(other)
    with pytest.raises(ArchiveError, match=r"exists already with other rows \(1; the partition has 3\)"):
        retire(db, kept, url)
    assert file.read_bytes() == other
    assert list(folder.rglob("*.part")) == []


def test_an_archive_cut_short_is_not_taken_for_one(db, folder, url, kept):
    file = folder / "sms_metrics" / "sms_metrics_20250101.csv.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress(b"metric_date\n2025-01-01\n")[:-4])
    with pytest.raises(ArchiveError, match="cannot be read back"):
        retire(db, kept, url)


def test_a_store_that_breaks_in_mid_file_drops_nothing_and_keeps_the_connection(db, database_uri, folder, url):
    """The file is a pipe whose reader goes away; meanwhile everybody else reads and writes."""
    add_noise(db, "2025-01-01", megabytes=2)
    make_partitions(db, "sms_metrics", "2025-01-02", "2025-01-02")
    partition = partitions_of(db, "sms_metrics")[0]
    (folder / "sms_metrics").mkdir(parents=True)
    pipe = folder / "sms_metrics" / f"{partition.name}.csv.gz.part"
    os.mkfifo(pipe)
    with (
        psycopg.connect(database_uri, autocommit=True) as conn,
        OpenPipe(pipe, lambda: retire(conn, partition, url)) as run,
    ):
        db.execute("SET lock_timeout = '1s'")
        assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (2048,)
        add_metrics(db, "2025-01-02")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            db.execute("DELETE FROM sms_metrics WHERE metric_date = '2025-01-01'")
        error = run.close_pipe()
        assert isinstance(error, ArchiveError)
        assert "BrokenPipeError" in str(error)
        assert conn.execute("SELECT count(*) FROM sms_metrics_20250101").fetchone() == (2048,)
    assert dropped_before(db, "sms_metrics") is None
    assert list(folder.rglob("*.*")) == []


class OpenPipe:
    """Runs ``work``, which writes to a pipe, in a thread; the pipe is open, and nobody empties it."""

    def __init__(self, pipe: Path, work) -> None:
        self._pipe, self._work = pipe, work
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self):
        self._future = self._pool.submit(self._work)
        self._reader = os.open(self._pipe, os.O_RDONLY)  # returns when the writer has opened it too
        return self

    def close_pipe(self) -> BaseException | None:
        os.close(self._reader)
        return self._future.exception(30)

    def __exit__(self, *_) -> None:
        self._pool.shutdown()


# ── Object stores ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def object_store():
    """A store without folders or renames, as Airflow attaches one; the connection id is part of the URL."""
    filesystem = MemoryFileSystem()
    attach(protocol="memory", conn_id="archive_store", fs=filesystem)
    yield filesystem
    _STORE_CACHE.pop("memory-archive_store")
    filesystem.store.clear()


@pytest.mark.parametrize(
    ("url", "conn_id"), [("memory://archive_store@bucket/sms/", None), ("memory://bucket/sms", "archive_store")]
)
def test_an_object_store_is_reached_through_its_airflow_connection(db, object_store, url, conn_id):
    add_metrics(db, "2025-01-01", 3)
    retired = retire(db, only_partition(db, "sms_metrics"), url, conn_id)
    assert object_store.find("/") == ["/bucket/sms/sms_metrics/sms_metrics_20250101.csv.gz"]
    assert retired.archived_to == "memory://archive_store@/bucket/sms/sms_metrics/sms_metrics_20250101.csv.gz"
    assert partition_names(db, "sms_metrics") == []
