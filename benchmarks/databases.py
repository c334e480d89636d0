"""Databases with simulated traffic."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from benchmarks.bench import BenchmarkError
from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.migrations import migrate
from sms_monitoring.simulator import bench_scenario, simulate
from sms_monitoring.sources import install_preset
from sms_monitoring.sqlfiles import read_sql
from sms_monitoring.timeframe import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.bench import Bench
    from sms_monitoring.db import Connection
    from sms_monitoring.local.postgres import EmbeddedPostgres
    from sms_monitoring.simulator import Scenario

# Where the simulated traffic ends: always the same, so that every run measures the same rows.
UNTIL = datetime(2026, 3, 29, tzinfo=UTC)
_PREFIX = "sms_bench_"
_SESSIONS = "SELECT pg_sleep(0.002) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"


@contextmanager
def scratch_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URI of a migrated database with the BuildOS product, empty; it is dropped at the end."""
    name = f"{_PREFIX}{uuid.uuid4().hex}"
    postgres.create_database(name)
    try:
        uri = postgres.uri(name)
        migrate(lambda: db.connect(uri))
        with db.connect(uri) as conn:
            conn.execute(read_sql("products/buildos.sql").encode())
            install_preset(conn, "buildos")
        yield uri
    finally:
        postgres.drop_database(name)


def drop_leftovers(postgres: EmbeddedPostgres) -> None:
    """Drop the databases of runs that were killed."""
    with db.connect(postgres.uri("postgres")) as conn:
        left = conn.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (_PREFIX,)).fetchall()
    for (name,) in left:
        postgres.drop_database(name)


def last_days(days: int) -> Window:
    """The window of so many days up to :data:`UNTIL`."""
    return Window(UNTIL - timedelta(days=days), UNTIL)


def add_traffic(bench: Bench, conn: Connection, messages: int, days: int) -> Scenario:
    """Simulate about so many messages over the last ``days``; returns the scenario they are of."""
    scenario = bench_scenario(messages, days, until=UNTIL)
    with bench.steps.step(f"Simulating {messages:,} messages over {days} days") as tell:
        return simulate(conn, scenario, lambda done, total: tell(f"{done} of {total} days")).scenario


def recompute_everything(conn: Connection, window: Window) -> None:
    """What ``sms_recompute_range`` does."""
    for family in FAMILIES:
        aggregate_range(conn, family, window)
    refresh_views(conn)


def database_seconds(postgres: EmbeddedPostgres, uri: str, action: Callable[[], object]) -> float:
    """Seconds that PostgreSQL spent on the statements of ``action``, by its own count.

    :param action: opens the connections it needs to the database at ``uri``, and closes them.
    """
    before = _active_seconds(postgres, uri)
    action()
    return _active_seconds(postgres, uri) - before


def _active_seconds(postgres: EmbeddedPostgres, uri: str) -> float:
    """What the database's sessions spent on statements; complete once they have all ended, which is waited for."""
    name = conninfo_to_dict(uri)["dbname"]
    with db.connect(postgres.uri("postgres")) as conn:
        while conn.execute(_SESSIONS, (name,)).rowcount:
            pass
        time = conn.execute("SELECT active_time FROM pg_stat_database WHERE datname = %s", (name,)).fetchone()
    assert time is not None  # noqa: S101 - the database exists
    return float(time[0]) / 1000


def count(conn: Connection, table: str) -> int:
    """Number of rows."""
    row = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - our own names
    assert row is not None  # noqa: S101 - a count is always a row
    return int(row[0])


def check_same_rows(conn: Connection, one: str, other: str) -> None:
    """See that two SELECTs give the same rows.

    :raises BenchmarkError: with the number of rows that only one of them gives.
    """
    only_one, only_other = (
        count(conn, f"(({first}) EXCEPT ALL ({second})) AS difference")
        for first, second in ((one, other), (other, one))
    )
    if only_one or only_other:
        raise BenchmarkError(
            f"two ways that must give the same rows do not: {only_one} rows only in [{one}],"
            f" {only_other} only in [{other}]"
        )


def bench_sql(name: str) -> str:
    """The text of ``benchmarks/sql/<name>.sql``."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
