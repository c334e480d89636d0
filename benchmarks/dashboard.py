"""The API and the dashboard over 90 days, from a real Airflow API server.

``api_overhead_ratio``, ``api_load_p95_ratio``, ``dashboard_kilobytes``, ``dashboard_first_chart_ms``. What is asked of
the API is what the dashboard asks when it is opened with the longest range: Chromium says what that is.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from psycopg import ClientCursor

from benchmarks.browsing import browsing
from benchmarks.databases import bench_sql, recompute_everything, scratch_database
from benchmarks.evaluation import evaluate_everything
from benchmarks.load import p95_under_load, readers, unloaded_p95
from benchmarks.overhead import overhead_ratio
from benchmarks.server import serving
from sms_monitoring import db
from sms_monitoring.simulator import bench_scenario, simulate
from sms_monitoring.timeframe import HOUR, Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench

READERS = 50


def run(bench: Bench) -> dict[str, float]:
    """All four figures, of one server over one database."""
    names = readers(bench.size(READERS, 3))
    with ninety_days(bench) as uri, serving(bench, uri, names) as server:
        with browsing(server) as browser:
            browser.open()  # a warm server: its first visitor pays for the imports
            with bench.steps.step("Opening the dashboard with an empty cache"):
                visits = [browser.open() for _ in range(bench.size(5, 1))]
        paths = visits[-1].asked
        first_charts = [visit.first_chart_ms for visit in visits]
        bench.steps.say(f"    first chart after ms: {'  '.join(f'{each:.0f}' for each in first_charts)}")
        for kind, size in sorted(visits[-1].bytes_by_kind.items(), key=lambda item: -item[1]):
            bench.steps.say(f"    {size / 1000:8.1f} kB  {kind}")
        overhead = overhead_ratio(bench, server, uri, paths)
        unloaded = unloaded_p95(bench, server, paths)
        loaded = p95_under_load(bench, server, paths, names)
    return {
        "api_overhead_ratio": overhead,
        "api_load_p95_ratio": loaded / unloaded,
        "dashboard_kilobytes": median(sum(visit.bytes_by_kind.values()) for visit in visits) / 1000,
        "dashboard_first_chart_ms": median(first_charts),
    }


@contextmanager
def ninety_days(bench: Bench) -> Iterator[str]:
    """The URI of a database with 90 days of traffic and of alerts, up to the hour that just ended."""
    days = bench.size(90, 7)
    now = floor_hour(datetime.now(UTC))
    window = Window(now - timedelta(days=days), now)
    with scratch_database(bench.postgres) as uri, db.connect(uri) as conn:
        messages = bench.size(155_000, 2_000)
        with bench.steps.step(f"Simulating {messages:,} messages over {days} days, and aggregating them"):
            simulate(conn, bench_scenario(messages, days, until=now))
            recompute_everything(conn, window)
        with bench.steps.step("Judging them"):
            past = {"since": window.start, "until": window.end - HOUR}
            ClientCursor(conn).execute(bench_sql("past_alerts").encode(), past)
            evaluate_everything(uri, Window(now - HOUR, now))
            conn.execute("VACUUM ANALYZE")
        yield uri
