"""Run all corruptions: progress goes to standard error; a table and, last, one JSON object to standard output."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from corruptions.campaign import Result, drop_leftovers, prefer_speed, run_campaign
from corruptions.corruption import all_corruptions
from corruptions.table import table
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.signals import STOPPING, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from corruptions.corruption import Corruption

INTERRUPTED = 130
LEAST_DAYS = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 unless all was caught and nothing else."""
    parser = _parser()
    options = parser.parse_args(arguments)
    chosen = [one for one in all_corruptions() if not options.only or options.only in one.name]
    if not chosen:
        parser.error(f"no corruption has {options.only!r} in its name")
    if options.days < LEAST_DAYS:
        parser.error(f"--days is {LEAST_DAYS} or more: some checks compare an hour with that of the weeks before")
    for number in STOPPING:
        signal.signal(number, _interrupt)
    local = Layout.of_this_checkout().local
    # The operators import Airflow, which writes into its home.
    os.environ.setdefault("AIRFLOW_HOME", str(local / "corruptions-airflow"))
    began = time.monotonic()
    try:
        result = _run(EmbeddedPostgres(local / "corruptions-postgres"), chosen, options)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    print(table(result.findings))
    for alarm in result.false_alarms:
        print(f"false alarm: {alarm}")
    counts = {"seeded": len(chosen), "caught": result.caught, "false_alarms": len(result.false_alarms)}
    print(json.dumps(counts | {"seconds": round(time.monotonic() - began)}))
    return 0 if result.caught == len(chosen) and not result.false_alarms else 1


def _run(postgres: EmbeddedPostgres, chosen: Sequence[Corruption], options: argparse.Namespace) -> Result:
    was_running = postgres.is_running()
    began = time.monotonic()
    try:
        postgres.start()
        if not was_running:  # otherwise they are another campaign's, at this moment
            drop_leftovers(postgres)
        prefer_speed(postgres)
        return run_campaign(
            postgres,
            chosen,
            days=options.days,
            messages_per_day=options.messages,
            clean_hours=options.hours,
            jobs=options.jobs,
            tell=lambda step: print(f"{time.monotonic() - began:4.0f} s  {step}", file=sys.stderr),
        )
    finally:
        if not was_running:
            with uninterrupted():
                postgres.stop()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once: what ends now must not be interrupted again.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m corruptions", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="only those with TEXT in their name")
    parser.add_argument("--days", type=int, default=90, help=f"of the clean history; 90, and at least {LEAST_DAYS}")
    parser.add_argument("--messages", type=int, default=600, help="a day; 600")
    parser.add_argument("--hours", type=int, default=48, help="of the clean history that the gate looks at; 48")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="corruptions at the same time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
