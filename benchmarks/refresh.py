"""The daily view against the guide's own design: ``refresh_speedup_1m``, ``refresh_speedup_5m``.

The guide refreshes a materialized view over all raw rows of ``sms_metrics``. Here the daily rows of the day that
changed are rebuilt, and the view over the daily rows is refreshed. Both CONCURRENTLY, over the same rows of one
database.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError, seconds_of
from benchmarks.databases import (
    add_traffic,
    bench_sql,
    count,
    last_days,
    recompute_everything,
    scratch_database,
)
from sms_monitoring import db
from sms_monitoring.aggregation.days import rebuild_dirty_days
from sms_monitoring.aggregation.pipeline import refresh_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench
    from sms_monitoring.db import Connection


def run(bench: Bench) -> dict[str, float]:
    """Seconds of the guide's refresh divided by seconds of ours, at one and at five million raw rows."""
    with a_million_rows(bench) as uri:
        at_1m = _speedup(bench, uri, bench.size(1_000_000, 1_000))
        with bench.steps.step("Five times the users"), db.connect(uri) as conn:
            _five_times_the_users(conn)
        at_5m = _speedup(bench, uri, bench.size(5_000_000, 5_000))
    return {"refresh_speedup_1m": at_1m, "refresh_speedup_5m": at_5m}


@contextmanager
def a_million_rows(bench: Bench) -> Iterator[str]:
    """The URI of a database with 90 days of traffic, a million raw rows and more, and the guide's view over them."""
    days = bench.size(90, 7)
    with scratch_database(bench.postgres) as uri:
        with db.connect(uri) as conn:
            add_traffic(bench, conn, bench.size(155_000, 2_000), days)
            with bench.steps.step("Aggregating it"):
                recompute_everything(conn, last_days(days))
                conn.execute("VACUUM ANALYZE")
            conn.execute(bench_sql("guide_view").encode())
        yield uri


def raw_rows(uri: str, at_least: int) -> int:
    """How many raw rows there are.

    :raises BenchmarkError: when they are fewer than ``at_least``.
    """
    with db.connect(uri) as conn:
        rows = count(conn, "sms_metrics")
    if rows < at_least:
        raise BenchmarkError(f"sms_metrics holds {rows:,} rows; this figure is about {at_least:,} at least")
    return rows


def refresh_the_guides_view(conn: Connection) -> None:
    """As the guide does it every hour."""
    conn.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY guide_metrics_daily")


def _speedup(bench: Bench, uri: str, at_least: int) -> float:
    rows = raw_rows(uri, at_least)

    # Each with a connection of its own, as an hourly task has: nothing is cached or prepared yet.
    def guide() -> float:
        with db.connect(uri) as conn:
            return seconds_of(lambda: refresh_the_guides_view(conn))

    def ours() -> float:
        with db.connect(uri) as conn:
            conn.execute("INSERT INTO sms_dirty_days (metric_date) SELECT max(metric_date) FROM sms_metrics_by_day")
            return seconds_of(lambda: refresh_views(conn))

    taken = bench.alternate(f"Refreshing the daily view over {rows:,} rows", 5, {"the guide's": guide, "ours": ours})
    with db.connect(uri) as conn:
        _check_same_traffic(conn)
    return taken["the guide's"] / taken["ours"]


def _five_times_the_users(conn: Connection) -> None:
    """Give every user four doubles with the same hours: rows as five times the users would have left them."""
    if conn.execute("SELECT FROM sms_metrics WHERE user_id IS NULL LIMIT 1").fetchone():
        raise BenchmarkError("sms_metrics holds rows without a user, which have no doubles")
    conn.execute(bench_sql("double_users").encode())
    conn.execute("INSERT INTO sms_dirty_days (metric_date) SELECT DISTINCT metric_date FROM sms_metrics_hourly")
    rebuild_dirty_days(conn)
    conn.execute("VACUUM ANALYZE")


def _check_same_traffic(conn: Connection) -> None:
    """The two views must say the same of every day."""
    different = count(
        conn,
        "guide_metrics_daily AS guide FULL JOIN sms_metrics_daily AS ours USING (metric_date)"
        " WHERE (to_jsonb(ours) @> (to_jsonb(guide) - 'last_refreshed')) IS NOT TRUE",
    )
    if different:
        raise BenchmarkError(f"the guide's view and ours say something different of {different} days")
