"""Carry out the fire drills: progress goes to standard error; a table and, last, one JSON object to standard output."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import traceback
from typing import TYPE_CHECKING

from drills.drills import DRILLS
from drills.report import as_json, table
from drills.run import carry_out
from drills.scene import scene
from drills.verdict import faults
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.signals import interrupt_on_signals
from sms_monitoring.local.summary import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.model import Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 if in any drill the right ones were not told."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    names = [drill.name for drill in DRILLS]
    parser.add_argument("names", nargs="*", metavar="DRILL", help=f"{', '.join(names)}; without a name, all")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names):
        parser.error(f"no drill {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    interrupt_on_signals()
    # The alert operators import Airflow, which writes into its home.
    os.environ.setdefault("AIRFLOW_HOME", str(Layout.of_this_checkout().local / "drills-airflow"))
    logging.disable(logging.INFO)
    steps = Steps()
    results: list[Result] = []
    stopped_by = ""
    try:
        with scene(steps) as made:
            for drill in DRILLS:
                if drill.name in (options.names or names):
                    results.append(carry_out(made, drill))
    except KeyboardInterrupt:
        stopped_by = "interrupted"
    except Exception as error:  # the last line is JSON, whatever happened
        traceback.print_exc()
        stopped_by = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    console().print(table(results))
    told = as_json(results, steps.total_seconds)
    print(json.dumps(told | ({"stopped_by": stopped_by} if stopped_by else {})), flush=True)
    return 1 if stopped_by or any(map(faults, results)) else 0


if __name__ == "__main__":
    sys.exit(main())
