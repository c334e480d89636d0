"""What data quality costs: ``full_suite_seconds``, ``full_suite_mb``, ``gate_database_seconds``, ``gate_share``.

The full run of a day goes over five million raw rows, their 90 days of rollups and the messages that they came from,
in a process of its own, as its task has: from the start of the process to its end, Data Docs included.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.bench import BenchmarkError, seconds_of
from benchmarks.databases import (
    UNTIL,
    add_traffic,
    database_seconds,
    last_days,
    recompute_everything,
    scratch_database,
)
from benchmarks.evaluation import evaluate_everything
from benchmarks.refresh import raw_rows
from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_hour, refresh_views
from sms_monitoring.local.layout import Layout
from sms_monitoring.retention.pipeline import make_partitions_ahead
from sms_monitoring.simulator import advance
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from datetime import datetime

    from benchmarks.bench import Bench
    from sms_monitoring.quality.model import Report
    from sms_monitoring.simulator import Scenario

_REPETITIONS = 3
_HOURS = 5


def run(bench: Bench) -> dict[str, float]:
    """Seconds and peak memory of the full run; database time of the gate, and its share of an hourly run's."""
    days = bench.size(90, 9)
    with scratch_database(bench.postgres) as uri:
        with db.connect(uri) as conn:
            scenario = add_traffic(bench, conn, bench.size(775_000, 9_000), days)
            with bench.steps.step("Aggregating it"):
                recompute_everything(conn, last_days(days))
                make_partitions_ahead(conn, UNTIL.date())
                conn.execute("VACUUM ANALYZE")
        rows = raw_rows(uri, bench.size(5_000_000, 5_000))
        hours = _Hours(bench, uri, scenario)
        hours.next_hour()  # the first run looks further back than those after it
        taken = [hours.next_hour() for _ in range(bench.size(_HOURS, 1))]
        full = _full_suite(bench, uri, hours.window.end, rows)
    gate, whole = (median(column) for column in zip(*taken, strict=True))
    bench.steps.say(f"    hourly run: {whole:.3f} s of the database's time, {gate:.3f} s of it for the gate")
    return full | {"gate_database_seconds": gate, "gate_share": gate / whole}


class _Hours:
    """Hourly runs, one after another: the tasks of ``sms_hourly_monitoring`` up to the outbox."""

    def __init__(self, bench: Bench, uri: str, scenario: Scenario) -> None:
        self._bench, self._uri, self._scenario = bench, uri, scenario
        self.window = Window(UNTIL - HOUR, UNTIL)

    def next_hour(self) -> tuple[float, float]:
        """Let an hour pass and run it; returns the database's seconds for the gate, and for all."""
        with db.connect(self._uri) as conn:
            self._scenario = advance(conn, self._scenario, self._scenario.until + HOUR).scenario
        self.window = Window(self._scenario.until - HOUR, self._scenario.until)
        wall = dict.fromkeys(("before the gate", "gate", "after the gate"), 0.0)
        database = {}
        steps = (self._aggregate, self._check, lambda: evaluate_everything(self._uri, self.window))
        for name, step in zip(wall, steps, strict=True):

            def timed(name: str = name, step: Any = step) -> None:
                wall[name] = seconds_of(step)

            database[name] = database_seconds(self._bench.postgres, self._uri, timed)
        told = ", ".join(f"{name} {wall[name]:.2f} s ({database[name]:.3f} s in the database)" for name in wall)
        self._bench.steps.say(f"    {self.window}: {told}")
        return database["gate"], sum(database.values())

    def _aggregate(self) -> None:
        for family in FAMILIES:
            with db.connect(self._uri) as conn:
                aggregate_hour(conn, family, self.window)
        with db.connect(self._uri) as conn:
            refresh_views(conn)

    def _check(self) -> None:
        from sms_monitoring.quality.gate import check_hours

        with db.connect(self._uri) as conn:
            for report in check_hours(conn, self._uri, self.window, self.window.end):
                _insist_on_all_well(report.verdict, failed_checks(report))


def _full_suite(bench: Bench, uri: str, now: datetime, rows: int) -> dict[str, float]:
    """The medians of some runs, each a process of its own."""
    seconds, megabytes = [], []
    with tempfile.TemporaryDirectory(prefix="sms-bench-") as folder:
        program = [sys.executable, "-m", "benchmarks.quality", uri, now.isoformat(), folder]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Layout.of_this_checkout().plugins), str(_ROOT)])}
        with bench.steps.step(f"The full run over {rows:,} raw rows, {_REPETITIONS} times"):
            for _ in range(bench.size(_REPETITIONS, 1)):
                answer: list[str] = []

                def one(answer: list[str] = answer) -> None:
                    done = subprocess.run(  # noqa: S603 - our own program
                        program, env=environment, capture_output=True, text=True, check=False
                    )
                    if done.returncode:
                        raise BenchmarkError(f"the full run failed:\n{done.stderr[-3000:]}")
                    answer.append(done.stdout.splitlines()[-1])

                seconds.append(seconds_of(one))
                said = json.loads(answer[0])
                megabytes.append(said["megabytes"])
                _insist_on_all_well(said["verdict"], said["failed"])
    for name, values in (("seconds", seconds), ("MB", megabytes)):
        bench.steps.say(f"    full run, {name}: {'  '.join(f'{value:.1f}' for value in values)}")
    return {"full_suite_seconds": median(seconds), "full_suite_mb": median(megabytes)}


def _insist_on_all_well(verdict: str | None, failed: list[str]) -> None:
    """A check that could not be run costs nothing, and one that fails something else.

    :raises BenchmarkError: naming them.
    """
    if verdict not in ("passed", "warning"):
        raise BenchmarkError(f"the data quality checks of clean traffic ended with {verdict}: {', '.join(failed)}")


def main(uri: str, now: str, folder: str) -> None:
    """One full run; prints what it came to, and the peak of this process's memory."""
    from datetime import datetime, timedelta

    from sms_monitoring.quality.full import check_everything

    end = datetime.fromisoformat(now)
    with db.connect(uri) as conn:
        report = check_everything(conn, uri, Window(end - timedelta(days=90), end), end, docs_dir=Path(folder))
    print(json.dumps({"megabytes": peak_megabytes(), "verdict": report.verdict, "failed": failed_checks(report)}))


def failed_checks(report: Report) -> list[str]:
    """The names of those that did not pass."""
    return [f"{one.suite}.{one.check}" for one in report.results if one.status != "passed"]


def peak_megabytes() -> float:
    """The most memory that this process has had at a time."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not the kernel's count for the process: that begins with what its parent had when it was forked.
        [line] = [line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # in bytes on macOS


_ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    main(*sys.argv[1:])
