"""``python -m sms_monitoring replay``: a threshold over the stored history, from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.replay.model import ReplayError

if TYPE_CHECKING:
    from sms_monitoring.replay.model import ReplayResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("alert_type", help="for example delivery_rate_critical")
    parser.add_argument("--threshold", metavar="NUMBER", help="the proposed value; without it, as it is now")
    parser.add_argument(
        "--set",
        metavar="COLUMN=VALUE",
        action="append",
        default=[],
        dest="changes",
        help="another column of sms_alert_thresholds, e.g. pending_evaluations=2; may be repeated",
    )
    parser.add_argument("--start", metavar="TIME", help="ISO 8601; default: 30 days before the end")
    parser.add_argument("--end", metavar="TIME", help="up to, not including, this hour; default: now")
    parser.add_argument("--chart", metavar="FILE.png", type=Path, help="draw the result, too")
    parser.add_argument("--json", action="store_true", help="print all of the result as JSON instead of a table")


def run_command(options: argparse.Namespace) -> None:
    """Replay and print the result.

    :raises ReplayError: for what cannot be replayed.
    """
    # Airflow's import takes seconds; no other command needs it.
    from sms_monitoring.operators import alert_operators
    from sms_monitoring.replay.record import as_json, chart
    from sms_monitoring.replay.report import report
    from sms_monitoring.replay.service import replay_request

    changes = dict(_change(text) for text in options.changes)
    with db.connect() as conn:
        result: ReplayResult = replay_request(
            conn,
            [operator.alert for operator in alert_operators()],
            alert_type=options.alert_type,
            threshold_value=options.threshold,
            changes=changes,
            start=options.start,
            end=options.end,
            now=datetime.now(UTC),
            progress=_show_progress if sys.stderr.isatty() else None,
        )
    if options.chart:
        from sms_monitoring.charts.png import render_png

        try:
            options.chart.write_bytes(render_png(chart(result)))
        except OSError as error:
            raise ReplayError(f"the chart could not be written: {error}") from error
    print(json.dumps(as_json(result), indent=2) if options.json else report(result), end="\n" if options.json else "")


def _change(text: str) -> tuple[str, Any]:
    """One ``COLUMN=VALUE``; the value is JSON, or else a text."""
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise ReplayError(f"--set {text}: write it like --set pending_evaluations=2")
    try:
        return column, json.loads(value, parse_constant=str)
    except ValueError:
        return column, value


def _show_progress(done: int, total: int) -> None:
    if done % 24 == 0 or done == total:
        print(f"\r{done:,} of {total:,} hours", end="\n" if done == total else "", file=sys.stderr, flush=True)
