"""Run the benchmarks: progress and raw numbers go to standard error, one JSON object to standard output, last."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from benchmarks import (
    dashboard,
    delivery,
    detection,
    evaluation,
    history,
    parsing,
    quality,
    recompute,
    refresh,
    simulator,
)
from benchmarks.bench import Bench
from benchmarks.databases import drop_leftovers
from benchmarks.figures import FIGURES
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Sequence

BENCHMARKS = {
    "simulator": simulator.run,
    "refresh": refresh.run,
    "recompute": recompute.run,
    "history": history.run,
    "parsing": parsing.run,
    "delivery": delivery.run,
    "detection": detection.run,
    "evaluation": evaluation.run,
    "quality": quality.run,
    "dashboard": dashboard.run,
    "traffic": detection.by_traffic,
}
# Those that are no figures are measured when asked for.
ON_REQUEST = ("traffic",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status. A missed target is reported, not an error."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    local = Layout.of_this_checkout().local
    # The alert operators import Airflow, which writes into its home.
    os.environ.setdefault("AIRFLOW_HOME", str(local / "bench-airflow"))
    # Airflow logs to standard output, which is for the results.
    logging.disable(logging.INFO)
    postgres = EmbeddedPostgres(local / "bench-postgres")
    was_running = postgres.is_running()
    postgres.start()
    try:
        if not was_running:  # otherwise they are another run's, at this moment
            drop_leftovers(postgres)
        bench = Bench(postgres, quick=options.quick)
        results: dict[str, float] = {}
        for name in options.names or [name for name in BENCHMARKS if name not in ON_REQUEST]:
            results |= BENCHMARKS[name](bench)
        _show(bench, results)
    finally:
        if not was_running:
            postgres.stop()
    print(json.dumps({name: round(value, 2 if value < 1000 else None) for name, value in results.items()}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join(BENCHMARKS)}; without a name, all but {', '.join(ON_REQUEST)}",
    )
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, to see that it works; then the figures say nothing"
    )
    return parser


def _show(bench: Bench, results: dict[str, float]) -> None:
    for name, value in results.items():
        figure = FIGURES[name]
        verdict = "" if bench.quick or not figure.target else "met" if figure.is_met(value) else "MISSED"
        bench.steps.say(f"{name:36} {value:12,.2f}   {figure.target:10} {verdict}")
    bench.steps.say(f"{bench.steps.total_seconds:.0f} s in all")


if __name__ == "__main__":
    sys.exit(main())
