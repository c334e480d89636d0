"""Fill the database at SMS_MONITORING_DB_URI with simulated SMS traffic; prints a JSON summary.

Needs a database of its own: user_sms_preferences and sms_messages are created if absent and must be empty.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from psycopg import OperationalError
from rich.console import Console
from rich.progress import Progress

from sms_monitoring.db import connect
from sms_monitoring.simulator.incidents import Incident, IncidentKind
from sms_monitoring.simulator.run import simulate
from sms_monitoring.simulator.scenario import Scenario, all_incidents, users_for
from sms_monitoring.timeframe import floor_hour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.simulator.run import SimulationSummary

_HOURS_BEFORE = re.compile(r"-?(\d+)h")
# A colon between KIND, START and END, not one within a time.
_SEPARATOR = re.compile(r":(?=-?\d+h|\d{4}-)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, or 2 with a message for what cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        scenario = _scenario(options)
        with connect() as conn, Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Simulating traffic", total=None)
            summary = simulate(conn, scenario, lambda done, total: bar.update(task, completed=done, total=total))
    except (ValueError, RuntimeError, OperationalError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(_as_json(summary)))
    return 0


def parse_incidents(text: str, until: datetime) -> tuple[Incident, ...]:
    """Incidents written ``KIND:START:END``.

    KIND may be ``all``. A time is ISO 8601, UTC where it names no zone, or hours before ``until``: ``-3h``, ``0h``.

    :raises ValueError: for anything else, with what was wrong.
    """
    parts = _SEPARATOR.split(text)
    if len(parts) != 3:
        raise ValueError(f"incident {text!r} is not KIND:START:END, e.g. delivery_outage:-3h:0h")
    start, end = (_time(part, until) for part in parts[1:])
    return all_incidents(start, end) if parts[0] == "all" else (Incident(IncidentKind(parts[0]), start, end),)


def _time(text: str, until: datetime) -> datetime:
    if match := _HOURS_BEFORE.fullmatch(text):
        return floor_hour(until) - timedelta(hours=int(match[1]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"time {text!r} is neither ISO 8601 (2026-03-29T10:00Z) nor hours before the end (-3h)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sms_monitoring.simulator", description=__doc__)
    parser.add_argument("--days", type=int, default=14, help="length of the history (default: %(default)s)")
    parser.add_argument("--messages-per-day", type=int, default=15_000, help="in the mean (default: %(default)s)")
    parser.add_argument("--users", type=int, help="number of users (default: two or three messages a day each)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another history (default: %(default)s)")
    parser.add_argument("--until", default="0h", help="end of the history, ISO 8601 (default: the last full hour)")
    parser.add_argument(
        "--incident",
        action="append",
        default=[],
        metavar="KIND:START:END",
        help=f"all, {', '.join(IncidentKind)}; times in ISO 8601 or hours before the end: all:-3h:0h; repeatable",
    )
    return parser


def _scenario(options: argparse.Namespace) -> Scenario:
    until = _time(options.until, datetime.now(UTC))
    return Scenario(
        seed=options.seed,
        start=until - timedelta(days=options.days),
        until=until,
        users=users_for(options.messages_per_day) if options.users is None else options.users,
        messages_per_day=options.messages_per_day,
        incidents=tuple(incident for text in options.incident for incident in parse_incidents(text, until)),
    )


def _as_json(summary: SimulationSummary) -> dict[str, object]:
    return {
        "messages": summary.messages,
        "users": summary.users,
        "start": summary.scenario.start.isoformat(),
        "until": summary.scenario.until.isoformat(),
        "seconds": round(summary.seconds, 2),
        "incidents": [
            {
                "kind": incident.kind,
                "start": incident.start.isoformat(),
                "end": incident.end.isoformat(),
                "expected_alert_type": incident.expected_alert_type,
            }
            for incident in summary.incidents
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
