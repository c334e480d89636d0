"""``make smoke``: the chain once through the real scheduler, everything stopped again, one line of JSON at the end."""

from __future__ import annotations

import json
import sys
import traceback

from sms_monitoring.local.chain import run_chain
from sms_monitoring.local.errors import LocalStackError
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.outcome import Outcome, problems
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.signals import interrupt_on_signals
from sms_monitoring.local.stack import Stack
from sms_monitoring.local.summary import console, print_outcome


def main() -> int:
    """Run it; returns 0 only if every injected incident was alerted, nothing else was, and no DAG run failed."""
    interrupt_on_signals()
    steps = Steps()
    outcome = Outcome()
    try:
        with Stack(Layout.of_this_checkout(), steps) as stack:
            outcome = run_chain(stack)
            print_outcome(outcome, console())
        found = problems(outcome)
    except KeyboardInterrupt:
        found = ["interrupted"]
    except LocalStackError as error:
        found = [str(error)]
    except Exception as error:  # the last line is JSON, whatever happened
        traceback.print_exc()
        found = [repr(error)]
    for problem in found:
        steps.say(f"error: {problem}")
    print(json.dumps(outcome.as_json(steps.total_seconds)), flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
