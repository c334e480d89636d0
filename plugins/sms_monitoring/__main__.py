"""``python -m sms_monitoring``: makes and updates the tables, installs the views over a product's tables, tries out a
threshold over the stored history, checks the data.

Works on ``SMS_MONITORING_DB_URI``, in the first schema of its search_path.
"""

from __future__ import annotations

import argparse
import sys

import psycopg
import sqlalchemy

from sms_monitoring import db
from sms_monitoring.alerts.store import ThresholdMissingError
from sms_monitoring.migrations import migrate
from sms_monitoring.quality import command as quality_command
from sms_monitoring.replay import command
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.sources import SourceContractError, install_preset, presets
from sms_monitoring.watchdog.command import run_command as run_watchdog


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m sms_monitoring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="make the tables, or bring them up to date; safe to repeat")
    install = commands.add_parser("install-source", help="create or replace the source views; safe to repeat")
    install.add_argument("preset", choices=presets(), help="a folder of include/sql/sources")
    command.add_arguments(
        commands.add_parser("replay", help="a proposed threshold over the stored history; changes nothing")
    )
    commands.add_parser(
        "watchdog", help="look after the monitoring itself, and tell what is not well; see its runbooks"
    )
    quality_command.add_arguments(
        commands.add_parser("quality", help="check the data and print what was found; exit code 1 if it is not sound")
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "migrate":
            applied = migrate(db.connect)
            print("\n".join(f"applied {name}" for name in applied) or "up to date")
        elif options.command == "watchdog":
            return run_watchdog()
        elif options.command == "replay":
            command.run_command(options)
        elif options.command == "quality":
            return quality_command.run_command(options)
        else:
            with db.connect() as conn:
                print("\n".join(f"installed {view}" for view in install_preset(conn, options.preset)))
    except (
        RuntimeError,
        ReplayError,
        ThresholdMissingError,
        SourceContractError,
        psycopg.Error,
        sqlalchemy.exc.DBAPIError,
    ) as error:
        print(f"error: {getattr(error, 'orig', None) or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
