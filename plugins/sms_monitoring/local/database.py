"""``make db`` and ``make db-stop``: the embedded PostgreSQL alone, migrated, with the product's tables."""

from __future__ import annotations

import argparse
import os
import sys

from sms_monitoring.local import databases, environment, in_memory
from sms_monitoring.local.credentials import load_or_create, write_private
from sms_monitoring.local.errors import LocalStackError
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.lock import AlreadyRunningError, exclusive
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.settings_file import read_settings


def main(arguments: list[str] | None = None) -> int:
    """Start (and print the URI, alone, to standard output) or stop; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sms_monitoring.local.database", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "stop-all"))
    options = parser.parse_args(arguments)
    layout, steps = Layout.of_this_checkout(), Steps()
    try:
        if options.action == "start":
            print(start(layout, steps))
        else:
            stop(layout, steps, also_of_tests=options.action == "stop-all")
    except LocalStackError as error:
        steps.say(f"error: {error}")
        return 1
    return 0


def start(layout: Layout, steps: Steps) -> str:
    """Start PostgreSQL, or join a running one, and migrate; returns the URI. The data of earlier runs stays."""
    layout.run.mkdir(parents=True, exist_ok=True)
    layout.keep_postgres.touch()
    postgres = EmbeddedPostgres(layout.postgres_data)
    try:
        with exclusive(layout.lock_file):
            with steps.step("Starting PostgreSQL"):
                postgres.start()
            with steps.step("Migrating the monitoring database"):
                uri = databases.prepare_metrics(postgres, fresh=False)
            _write_env_file(layout, postgres, uri)
            return uri
    except AlreadyRunningError:
        steps.say("A demo of this checkout runs; this is its database. It stays when the demo stops.")
        return postgres.uri(databases.METRICS)


def stop(layout: Layout, steps: Steps, *, also_of_tests: bool = False) -> None:
    """Stop PostgreSQL.

    :param also_of_tests: stop the servers of tests and benchmarks too: every one over a folder of ``.local`` or, as
        tests have it, in memory; and free that memory.
    :raises AlreadyRunningError: while a demo runs, which uses it; it will stop with the demo now.
    """
    layout.keep_postgres.unlink(missing_ok=True)
    found = [layout.postgres_data]
    if also_of_tests:
        places = [layout.local, in_memory.find(layout.root)]
        found = [file.parent for place in places if place for file in place.glob("*/postmaster.pid")]
    with exclusive(layout.lock_file), steps.step("Stopping PostgreSQL"):
        for data_dir in found:
            EmbeddedPostgres(data_dir).stop()
        if also_of_tests:
            in_memory.delete(layout.root)


def _write_env_file(layout: Layout, postgres: EmbeddedPostgres, uri: str) -> None:
    variables = environment.exports(
        layout=layout,
        credentials=load_or_create(layout.credentials_file, layout.passwords_file),
        settings=read_settings(layout.settings_file),
        metrics_uri=uri,
        airflow_uri=postgres.uri(databases.AIRFLOW),
        airflow_port=int(os.environ.get("AIRFLOW_PORT") or 8080),
    )
    shell = environment.render(variables, programs=layout.bin, postgres_programs=postgres.bin)
    write_private(layout.env_file, shell)


if __name__ == "__main__":
    sys.exit(main())
