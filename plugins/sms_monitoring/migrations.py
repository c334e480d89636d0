"""Applies ``include/sql/migrations/*.sql`` with Alembic.

The files are the migrations: forward-only, in file-name order, each run once. Those of the bundle come first, then
those that a deployment keeps in ``migrations/local``; each folder has a count of its own, so that neither ever stands
in the other's way. Alembic keeps count. All that is pending runs in one transaction under an advisory lock, so two
processes may migrate at once and a killed one leaves nothing half-made.
"""

from __future__ import annotations

from pathlib import PurePath
from types import ModuleType
from typing import TYPE_CHECKING, Any

import sqlalchemy
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script
from alembic.script.revision import RevisionMap

from sms_monitoring.sqlfiles import list_sql, read_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.db import Connection

# Folder of migrations → the table that knows how far it came.
VERSION_TABLES = {"migrations": "sms_schema_version", "migrations/local": "sms_local_schema_version"}


def migrate(open_connection: Callable[[], Connection]) -> list[str]:
    """Bring the first schema of the connection's search_path up to date.

    :param open_connection: opens the connection to use, e.g. ``hook.get_conn`` or ``db.connect``.
    :returns: names of the migrations applied now; empty when there was nothing to do.
    :raises RuntimeError: when the first schema of the search_path does not exist, when a file fails, or when the
        database has had a migration that these files lack: an older bundle must not touch a newer schema.
    """
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: _in_transactions(open_connection()), poolclass=sqlalchemy.NullPool
    )
    with engine.begin() as connection:
        _pin_search_path(connection)
        connection.exec_driver_sql(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':sms:migrate', 0))"
        )
        return [name for folder in VERSION_TABLES for name in _run_pending(connection, folder)]


def _in_transactions(conn: Connection) -> Connection:
    conn.autocommit = False
    return conn


def _pin_search_path(connection: sqlalchemy.Connection) -> None:
    # SECURITY DEFINER functions keep the search_path they are made under: one schema, temporary tables last.
    first, schema, role = connection.exec_driver_sql(
        "SELECT split_part(current_setting('search_path'), ',', 1), quote_ident(current_schema()),"
        " quote_ident(current_user)"
    ).one()
    # PostgreSQL passes silently over a schema that is not there; the tables would land in the next one.
    if schema is None or first.strip() not in ('"$user"', schema):
        raise RuntimeError(
            f"the first schema of the connection's search_path, {first.strip()}, names no existing schema that {role}"
            f" may use; an administrator makes it with: CREATE SCHEMA … AUTHORIZATION {role}"
        )
    connection.exec_driver_sql("SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)")


def _run_pending(connection: sqlalchemy.Connection, folder: str) -> list[str]:
    files = list_sql(folder)
    scripts = [_script(connection, name, previous) for previous, name in zip([None, *files], files, strict=False)]
    revisions = RevisionMap(lambda: scripts)
    applied: list[str] = []

    def pending(heads: tuple[str, ...], _: MigrationContext) -> list[Any]:
        known = {script.revision for script in scripts}
        if unknown := set(heads) - known:
            raise RuntimeError(
                f"the database is at migration {', '.join(sorted(unknown))}, which include/sql/{folder} does not have; "
                "install the newer bundle"
            )
        steps = reversed(list(revisions.iterate_revisions("head", heads or "base", implicit_base=True)))
        todo = [script for script in steps if isinstance(script, Script)]
        applied.extend(script.revision for script in todo)
        return [MigrationStep.upgrade_from_script(revisions, script) for script in todo]

    context = MigrationContext.configure(connection, opts={"fn": pending, "version_table": VERSION_TABLES[folder]})
    context.run_migrations()
    return applied


def _script(connection: sqlalchemy.Connection, name: str, previous: str | None) -> Script:
    """One SQL file as the module that Alembic expects of a migration."""
    module = ModuleType(_revision(name))
    module.__dict__.update(
        revision=_revision(name),
        down_revision=None if previous is None else _revision(previous),
        # Without parameters psycopg runs a file of many statements as it stands, percent signs too.
        upgrade=lambda: _run_file(connection, name),
    )
    return Script(module, _revision(name), name)


def _run_file(connection: sqlalchemy.Connection, name: str) -> None:
    try:
        connection.execution_options(no_parameters=True).exec_driver_sql(read_sql(name))
    except sqlalchemy.exc.DBAPIError as error:
        raise RuntimeError(f"include/sql/{name} failed, and nothing was changed: {error.orig}") from error


def _revision(name: str) -> str:
    return PurePath(name).stem
