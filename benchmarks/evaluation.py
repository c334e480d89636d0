"""What judging an hour costs the database, against the guide's own refresh: ``evaluate_ratio``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bench import BenchmarkError
from benchmarks.databases import UNTIL, database_seconds
from benchmarks.refresh import a_million_rows, raw_rows, refresh_the_guides_view
from sms_monitoring import db
from sms_monitoring.alerts.evaluate import Evaluator
from sms_monitoring.alerts.model import Verdict
from sms_monitoring.timeframe import HOUR, Window

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from sms_monitoring.alerts.evaluate import Outcome

_REPETITIONS = 5


def run(bench: Bench) -> dict[str, float]:
    """Database time of evaluating all alert types for an hour divided by that of one refresh of the guide's view.

    Both over the same million raw rows. The hours are the newest ones, one after another, as hourly runs judge them.
    """
    from sms_monitoring.quality.gate import check_hours

    with a_million_rows(bench) as uri:
        rows = raw_rows(uri, bench.size(1_000_000, 1_000))
        # One more: the first run makes the rows that the others find.
        newest = Window(UNTIL - (_REPETITIONS + 1) * HOUR, UNTIL)
        with bench.steps.step("Checking the data of those hours"), db.connect(uri) as conn:
            check_hours(conn, uri, newest, UNTIL)
        hours = iter([Window(hour, hour + HOUR) for hour in newest.hours()])
        evaluate_everything(uri, next(hours))

        def evaluate() -> float:
            return database_seconds(bench.postgres, uri, lambda: _evaluate(uri, next(hours)))

        def refresh() -> float:
            return database_seconds(bench.postgres, uri, lambda: _refresh(uri))

        taken = bench.alternate(
            f"Database time of an hour's alerts over {rows:,} raw rows",
            _REPETITIONS,
            {"all alert types": evaluate, "the guide's refresh": refresh},
        )
    return {"evaluate_ratio": taken["all alert types"] / taken["the guide's refresh"]}


def evaluate_everything(uri: str, window: Window) -> list[Outcome]:
    """Evaluate every alert type for the run of ``window``, each over a connection of its own, as a task does it."""
    from sms_monitoring.operators import alert_operators

    outcomes = []
    for operator in alert_operators():
        alert = operator.alert
        with db.connect(uri) as conn:
            outcomes += Evaluator(conn=conn, alert=alert, window=window, now=window.end).run()
    return outcomes


def _evaluate(uri: str, window: Window) -> None:
    blind = [outcome for outcome in evaluate_everything(uri, window) if outcome.verdict is Verdict.NO_DATA]
    if blind:
        raise BenchmarkError(f"{len(blind)} evaluations of {window} found no data: they cost nothing, and say nothing")


def _refresh(uri: str) -> None:
    with db.connect(uri) as conn:
        refresh_the_guides_view(conn)
