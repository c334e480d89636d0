"""``make demo``: the chain once, then everything stays up to be looked at until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from sms_monitoring.local.chain import DAG_IDS, run_chain
from sms_monitoring.local.errors import LocalStackError
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.outcome import problems
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.signals import interrupt_on_signals
from sms_monitoring.local.stack import Stack
from sms_monitoring.local.summary import console, print_addresses, print_outcome
from sms_monitoring.timeframe import HOUR, floor_hour


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; returns the exit code, 0 where it was stopped by Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m sms_monitoring.local.demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="look at the data of the last run again; simulate nothing")
    options = parser.parse_args(arguments)
    interrupt_on_signals()
    steps = Steps()
    try:
        with Stack(Layout.of_this_checkout(), steps) as stack:
            _resume(stack) if options.keep else _present(stack)
            print_addresses(stack, console())
            stack.serve()
    except KeyboardInterrupt:
        steps.say("Stopped.")
    except LocalStackError as error:
        steps.say(f"\nerror: {error}")
        return 1
    return 0


def _present(stack: Stack) -> None:
    outcome = run_chain(stack)
    print_outcome(outcome, console())
    for problem in problems(outcome):
        stack.steps.say(f"not as it should be: {problem}")
    stack.steps.say(f"Ready after {stack.steps.total_seconds:.0f} s.")


def _resume(stack: Stack) -> None:
    stack.start_databases(fresh=False)
    stack.start_receivers(fresh=False)
    stack.start_airflow(fresh=False, start_date=floor_hour(datetime.now(UTC)) - HOUR)
    stack.wait_for_airflow(DAG_IDS)


if __name__ == "__main__":
    sys.exit(main())
