"""One partition as one file: ``<archive URL>/<table>/<partition>.csv.gz``, wherever Airflow's object storage reaches.

The name follows from the partition, so a rerun finds what an earlier run wrote. A file is written under a temporary
name, read back, and only then given its own; one that stands there already is never overwritten with other rows.
To read one back into PostgreSQL::

    CREATE TABLE restored (LIKE sms_metrics);
    \\copy restored FROM PROGRAM 'gunzip -c sms_metrics_20260101.csv.gz' (FORMAT csv, HEADER MATCH)
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

import psycopg

from sms_monitoring.retention.partitions import RetentionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow.sdk import ObjectStoragePath

    from sms_monitoring.retention.partitions import Partition

    Buffer = bytes | bytearray | memoryview[int]

# Bytes handled at a time: what an archive of any size costs in memory.
CHUNK = 1 << 20
# URL schemes of this machine's own file system.
LOCAL = ("file", "local")


class ArchiveError(RetentionError):
    """An archive could not be written, or does not hold what it should; its partition is not dropped."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a CSV file holds: the records below its header, and the SHA-256 of all its bytes, uncompressed."""

    rows: int
    sha256: str


def archive_path(archive_url: str, partition: Partition, conn_id: str | None = None) -> ObjectStoragePath:
    """Where ``partition`` is archived under ``archive_url``, e.g. ``file:///srv/archive`` or ``s3://conn@bucket/sms``.

    A local folder is made where it is missing; a bucket, or a folder on another machine, has to be there.

    :param conn_id: the Airflow connection of the store, where the URL names none.
    :raises ValueError: for a URL without a scheme, or a local path that is not absolute.
    """
    # Airflow's object storage is slow to import, and every DAG parse would pay.
    from airflow.sdk import ObjectStoragePath

    url = urlsplit(archive_url)
    if not url.scheme or (url.scheme in LOCAL and url.netloc.rpartition("@")[2]):
        raise ValueError(
            f"archive URL {archive_url!r} is neither an absolute local path (file:///srv/archive)"
            " nor an object store (s3://connection_id@bucket/path)"
        )
    return ObjectStoragePath(archive_url, conn_id=conn_id) / partition.table / f"{partition.name}.csv.gz"


def store(target: ObjectStoragePath, blocks: Iterable[Buffer], rows: int) -> None:
    """Write the CSV text in ``blocks`` to ``target``, gzipped, and read it back.

    On return the file is complete, holds ``rows`` records, and equals what went in byte for byte.

    :raises ArchiveError: when it cannot be written, reads back differently, or ``target`` holds other rows already.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        target.fs  # noqa: B018  a store without its provider or connection says so here
        _make_folder(target.parent)
        written = _write(part, blocks)
        if written.rows != rows:
            raise ArchiveError(f"{written.rows} rows were archived of a partition that has {rows}")
        if read(part) != written:
            raise ArchiveError(f"{part} does not read back as it was written")
        _publish(part, target, written)
    except Exception as error:
        with suppress(Exception):
            part.unlink(missing_ok=True)
        if isinstance(error, RetentionError | psycopg.Error):
            raise
        raise ArchiveError(
            f"cannot write archive {target}: {type(error).__name__}: {error}. Check the archive URL, its Airflow"
            " connection, and that the store's provider is installed (for s3://, apache-airflow-providers-amazon[s3fs])"
        ) from error


def read(path: ObjectStoragePath) -> Contents:
    """What an archive holds, by reading all of it.

    :raises ArchiveError: when it is cut short or is no gzip file.
    """
    tally = _Tally()
    try:
        with _open(path, "rb") as raw, gzip.GzipFile(fileobj=raw, mode="rb") as text:
            while chunk := text.read(CHUNK):
                tally.add(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(
            f"archive {path} cannot be read back: {error}. Where it is damaged, move it away and run again"
        ) from error
    return tally.contents()


def _make_folder(folder: ObjectStoragePath) -> None:
    if folder.protocol in LOCAL:
        folder.mkdir(parents=True, exist_ok=True)
    else:
        # Not its parents: a mistyped bucket should fail, not come to be.
        with suppress(FileExistsError):
            folder.fs.mkdir(folder.path, create_parents=False)


def _write(path: ObjectStoragePath, blocks: Iterable[Buffer]) -> Contents:
    tally = _Tally()
    # No file name and no time in the header: the same rows make the same bytes.
    with _open(path, "wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as text:
        for chunk in _chunks(blocks):
            tally.add(chunk)
            text.write(chunk)
    return tally.contents()


def _publish(part: ObjectStoragePath, target: ObjectStoragePath, written: Contents) -> None:
    """Give a verified file its own name, unless a run that was killed before its drop has done so."""
    if target.exists():
        found = read(target)
        if found != written:
            raise ArchiveError(
                f"archive {target} exists already with other rows ({found.rows}; the partition has {written.rows})."
                " Overwriting it could lose rows: compare the two, move the file away, and run again."
                " Two deployments need an archive URL each"
            )
        part.unlink()
    else:
        size = part.size()
        part.move(target)
        if target.size() != size:
            raise ArchiveError(f"archive {target} has {target.size()} bytes after its move, not {size}")
    if target.protocol in LOCAL:
        _flush_to_disk(target.path, os.path.dirname(target.path))  # noqa: PTH120


def _open(path: ObjectStoragePath, mode: str) -> BinaryIO:
    return cast("BinaryIO", path.open(mode))  # type: ignore[no-untyped-call]


def _flush_to_disk(*paths: str) -> None:
    """The drop is durable once committed; the archive has to be so before."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _chunks(blocks: Iterable[Buffer]) -> Iterator[bytes]:
    """Blocks (COPY sends one a row) joined to chunks worth handling."""
    buffer = bytearray()
    for block in blocks:
        buffer += block
        if len(buffer) >= CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)


class _Tally:
    """Digests CSV text and counts its records as it passes; a newline inside quotes ends no record."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._records = 0
        self._in_quotes = False

    def add(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        for index, text in enumerate(chunk.split(b'"')):
            if index:
                self._in_quotes = not self._in_quotes
            if not self._in_quotes:
                self._records += text.count(b"\n")

    def contents(self) -> Contents:
        return Contents(rows=self._records - 1, sha256=self._digest.hexdigest())
