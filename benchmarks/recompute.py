"""A recomputation of 90 days against one bare ``INSERT … SELECT`` of the same rows: ``recompute_ratio``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bare_insert import bare_insert
from benchmarks.bench import seconds_of
from benchmarks.databases import (
    add_traffic,
    bench_sql,
    check_same_rows,
    count,
    last_days,
    recompute_everything,
    scratch_database,
)
from sms_monitoring import db

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_TABLES = ("sms_metrics", "sms_metrics_hourly")


def run(bench: Bench) -> dict[str, float]:
    """Seconds of ``sms_recompute_range`` divided by seconds of the bare statement.

    Of the first recomputation, into an empty database, and a second one of the same days the worse counts.
    """
    days = bench.size(90, 7)
    window = last_days(days)
    with scratch_database(bench.postgres) as uri, db.connect(uri) as conn:
        add_traffic(bench, conn, bench.size(60_000, 2_000), days)
        statement = bare_insert("bare_").encode()

        def recompute() -> float:
            return seconds_of(lambda: recompute_everything(conn, window))

        def first() -> float:
            conn.execute(bench_sql("forget_metrics").encode())
            conn.execute("CHECKPOINT")
            return recompute()

        def bare() -> float:
            conn.execute(bench_sql("bare_tables").encode())
            conn.execute("CHECKPOINT")
            return seconds_of(lambda: conn.execute(statement, {"window_start": window.start, "window_end": window.end}))

        taken = bench.alternate(
            f"Recomputing {days} days", bench.size(3, 1), {"first": first, "again": recompute, "bare INSERT": bare}
        )
        for table in _TABLES:
            check_same_rows(conn, f"TABLE {table}", f"TABLE bare_{table}")
            bench.steps.say(f"    {table}: {count(conn, table):,} identical rows")
    return {"recompute_ratio": max(taken["first"], taken["again"]) / taken["bare INSERT"]}
