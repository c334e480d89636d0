"""Run a fault campaign: progress goes to standard error, one JSON object to standard output, last."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from chaos.campaign import CampaignError, Result, drop_leftovers, run_campaign
from chaos.verdict import MUST_BE_ZERO
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.signals import STOPPING, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

ALWAYS_TOLD = (*MUST_BE_ZERO[:3], "duplicate_unanswered", "pagerduty_folded", *MUST_BE_ZERO[3:])
SHOWN_FAULTS = 20
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 if anything was found."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.runs < 1 or options.jobs < 1 or (options.only or 0) < 0:
        parser.error("--runs and --jobs are 1 or more, --only is 0 or more")
    numbers = range(options.runs) if options.only is None else [options.only]
    for number in STOPPING:
        signal.signal(number, _interrupt)
    local = Layout.of_this_checkout().local
    # The channels import Airflow, which writes into its home.
    os.environ.setdefault("AIRFLOW_HOME", str(local / "chaos-airflow"))
    began = time.monotonic()
    try:
        result = _run(EmbeddedPostgres(local / "chaos-postgres"), numbers, options)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    except CampaignError as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    _show_faults(result, options.seed)
    counts = {name: result.counts[name] for name in ("runs", *ALWAYS_TOLD)} | dict(sorted(result.counts.items()))
    print(json.dumps(counts | {"seed": options.seed, "seconds": round(time.monotonic() - began)}))
    return 1 if any(result.counts[name] for name in MUST_BE_ZERO) else 0


def _run(postgres: EmbeddedPostgres, numbers: Sequence[int], options: argparse.Namespace) -> Result:
    was_running = postgres.is_running()
    began = time.monotonic()

    def tell(result: Result) -> None:
        done = result.counts["runs"]
        if done % 10 == 0 or done == len(numbers):
            found = f", FAULTS in {len(result.faults)}" if result.faults else ""
            seconds = time.monotonic() - began
            print(
                f"{done} of {len(numbers)} runs, {result.counts['kills']} kills{found} ({seconds:.0f} s)",
                file=sys.stderr,
            )

    try:
        postgres.start()
        if not was_running:  # otherwise they are another campaign's, at this moment
            drop_leftovers(postgres)
        show = options.only is not None
        return run_campaign(postgres, options.seed, numbers, jobs=options.jobs, tell=tell, show=show)
    finally:
        if not was_running:
            with uninterrupted():
                postgres.stop()


def _show_faults(result: Result, seed: int) -> None:
    for number, faults in sorted(result.faults.items())[:SHOWN_FAULTS]:
        print(f"run {number} (again: python -m chaos --seed {seed} --only {number}):", file=sys.stderr)
        for fault in faults:
            print(f"  {fault}", file=sys.stderr)
    if len(result.faults) > SHOWN_FAULTS:
        print(f"faults in {len(result.faults) - SHOWN_FAULTS} more runs: {sorted(result.faults)}", file=sys.stderr)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once: what ends now must not be interrupted again.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="how many runs; 1000")
    parser.add_argument("--seed", type=int, default=1, help="what they are drawn from; 1")
    parser.add_argument(
        "--only", type=int, metavar="N", help="only run N of that seed, and show all that is known of it"
    )
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="runs at the same time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
