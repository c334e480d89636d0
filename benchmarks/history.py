"""Does the hourly run get slower with the years? ``hourly_history_ratio``.

Two databases get the same traffic, hour by hour. Behind one lies a year of hours, as a year of running leaves it with
retention at its defaults: a year of messages, rollups, evaluations, incidents and notifications, and 90 days of raw
metrics. Behind the other lie ten days. What counts is PostgreSQL's own count of the time it spent on statements. As in
Airflow, every task opens a connection of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import ClientCursor, sql

from benchmarks.databases import (
    add_traffic,
    bench_sql,
    database_seconds,
    last_days,
    recompute_everything,
    scratch_database,
)
from benchmarks.evaluation import evaluate_everything
from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, refresh_views
from sms_monitoring.simulator import advance
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from sms_monitoring.simulator import Scenario

_TEN_DAYS = 10
_COPIED = {
    "user_sms_preferences": sql.SQL("SELECT * FROM user_sms_preferences"),
    "sms_messages": sql.SQL("SELECT * FROM sms_messages WHERE created_at >= {since}"),
}


def run(bench: Bench) -> dict[str, float]:
    """Database time of an hourly run with a year behind it divided by that with ten days behind it."""
    year, kept_days = bench.size(365, 14), bench.size(91, 7)  # retention's default 90 days, in whole weeks
    with scratch_database(bench.postgres) as long, scratch_database(bench.postgres) as short:
        with db.connect(long) as conn:
            scenario = add_traffic(bench, conn, bench.size(5_000, 100) * year, year)
        with bench.steps.step(f"Copying the last {_TEN_DAYS} days of it to the other database"):
            _copy_traffic(long, short, last_days(_TEN_DAYS))
        a_year, ten_days = _Database(bench, long, scenario), _Database(bench, short, scenario)
        with bench.steps.step(f"The past of {year} days"):
            a_year.remember(year, kept_days)
        with bench.steps.step(f"The past of {_TEN_DAYS} days"):
            ten_days.remember(_TEN_DAYS, _TEN_DAYS)
        taken = bench.alternate(
            "Database time of an hourly run",
            bench.size(15, 2),
            {"a year": a_year.next_hour, "ten days": ten_days.next_hour},
        )
    return {"hourly_history_ratio": taken["a year"] / taken["ten days"]}


@dataclass(slots=True)
class _Database:
    """One of the two databases.

    :param scenario: the traffic it holds.
    """

    bench: Bench
    uri: str
    scenario: Scenario

    def remember(self, days: int, kept_days: int) -> None:
        """Fill in what so many days of running would have left behind, raw metrics of the last ``kept_days`` only."""
        window = last_days(days)
        past = {"since": window.start, "until": window.end - HOUR, "all_days": days, "kept_days": kept_days}
        with db.connect(self.uri) as conn:
            recompute_everything(conn, last_days(kept_days))
            for name in ("older_days", "past_alerts"):
                ClientCursor(conn).execute(bench_sql(name).encode(), past)
            conn.execute("VACUUM ANALYZE")
        self.next_hour()  # the first run looks further back than those after it

    def next_hour(self) -> float:
        """Let an hour pass and run it; returns the seconds that PostgreSQL spent on the run."""
        with db.connect(self.uri) as conn:
            self.scenario = advance(conn, self.scenario, self.scenario.until + HOUR).scenario
        window = Window(self.scenario.until - HOUR, self.scenario.until)
        return database_seconds(self.bench.postgres, self.uri, lambda: self._run(window))

    def _run(self, window: Window) -> None:
        """The tasks of ``sms_hourly_monitoring`` up to the outbox."""
        for family in FAMILIES:
            with db.connect(self.uri) as conn:
                aggregate_hour(conn, family, window)
        with db.connect(self.uri) as conn:
            refresh_views(conn)
        evaluate_everything(self.uri, window)


def _copy_traffic(source: str, target: str, window: Window) -> None:
    """Copy all users, and the messages made within ``window``."""
    with db.connect(source) as reader, db.connect(target) as writer:
        for table, query in _COPIED.items():
            rows = sql.SQL("COPY ({}) TO STDOUT").format(query.format(since=window.start))
            with reader.cursor().copy(rows) as out, writer.cursor().copy(f"COPY {table} FROM STDIN".encode()) as into:
                for data in out:
                    into.write(data)
