"""One embedded PostgreSQL for the whole run; every test that asks for ``db`` gets a database of its own,
copied from a template that is migrated once."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
# Before anything imports Airflow, which would make itself a home in the user's.
os.environ["AIRFLOW_HOME"] = str(REPOSITORY / ".local" / "test-airflow")
# Parallel workers do not share Airflow's own database either.
os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = (
    f"sqlite:///{os.environ['AIRFLOW_HOME']}/{os.environ.get('PYTEST_XDIST_WORKER', 'airflow')}.db"
)

from sms_monitoring import db as sms_db
from sms_monitoring.local import in_memory
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.migrations import migrate
from sms_monitoring.sources import install_preset
from sms_monitoring.sqlfiles import read_sql, sql_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.db import Connection

TEMPLATE = "sms_test_template"

# Longer than a test takes that says "the newest hour".
SHORT_OF_THE_HOUR_SECONDS = 4

# What is expensive to start, and is started once: parts of the ids of tests that share it → the worker's share.
SHARED = {
    "tests/e2e/": "airflow",
    "test_quick_runs.py::test_a_benchmark_gives_its_figures[dashboard": "airflow",
    "tests/api/test_fab.py": "fab",
}


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Tests that share something go to one parallel worker, every other test to whichever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((share for part, share in SHARED.items() if part in nodeid), nodeid)

    return Sharing(config, log)


@pytest.fixture(scope="session")
def postgres() -> EmbeddedPostgres:
    """The server of this checkout's tests; it is left running and joined again by the next run."""
    place = in_memory.make(REPOSITORY) or REPOSITORY / ".local"
    server = EmbeddedPostgres(place / "test-postgres")
    server.start()
    return server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """A migrated database with the BuildOS product and its preset, made once for all parallel workers.

    Its name is a hash of the SQL it was made from, so that the next run finds it ready.
    """
    files = sorted(path for path in sql_root().rglob("*.sql"))
    name = f"{TEMPLATE}_{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()[:12]}"
    making = f"{name}_making"
    with psycopg.connect(postgres.uri("postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", (TEMPLATE,))
        known = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC"
        templates = [row[0] for row in admin.execute(known, (TEMPLATE,)).fetchall()]
        if name not in templates:
            for outdated in {*templates[5:], making}:
                postgres.drop_database(outdated)
            postgres.create_database(making)
            with sms_db.connect(postgres.uri(making)) as conn:
                migrate(lambda: psycopg.connect(postgres.uri(making)))
                conn.execute(read_sql("products/buildos.sql").encode())
                install_preset(conn, "buildos")
                # A deployment's own migrations may have made thresholds: tests begin with an empty audit.
                conn.execute("ALTER TABLE sms_alert_audit DISABLE TRIGGER sms_alert_audit_only_grows")
                conn.execute("DELETE FROM sms_alert_audit")
                conn.execute("ALTER TABLE sms_alert_audit ENABLE ALWAYS TRIGGER sms_alert_audit_only_grows")
            admin.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


@pytest.fixture
def empty_database_uri(postgres: EmbeddedPostgres) -> Iterator[str]:
    """URI of a database with nothing in it."""
    name = f"sms_test_{uuid.uuid4().hex}"
    postgres.create_database(name)
    yield postgres.uri(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def admin(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """A connection that makes and drops databases: one for all tests of a worker."""
    with psycopg.connect(postgres.uri("postgres"), autocommit=True) as conn:
        yield conn


@pytest.fixture
def database_uri(postgres: EmbeddedPostgres, admin: psycopg.Connection, template: str) -> Iterator[str]:
    """URI of a migrated database of this test's own, with the BuildOS product tables, empty."""
    name = f"sms_test_{uuid.uuid4().hex}"
    # In memory it is quickest to copy the files; on a disk, which that would wait for, to write them through the log.
    strategy = "file_copy" if in_memory.find(REPOSITORY) else "wal_log"
    admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY {strategy}')
    yield postgres.uri(name)
    admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def db(database_uri: str) -> Iterator[Connection]:
    """An autocommit connection to this test's own database."""
    with sms_db.connect(database_uri) as conn:
        yield conn


@pytest.fixture(autouse=True)
def _no_hour_ends_meanwhile() -> None:
    """What a test calls the newest hour is still the newest one when the API or the database looks at the clock."""
    left = 3600 - time.time() % 3600
    if left < SHORT_OF_THE_HOUR_SECONDS:
        time.sleep(left)


@pytest.fixture(autouse=True)
def _read_sql_afresh() -> Iterator[None]:
    """Tests may point SMS_MONITORING_SQL_DIR elsewhere; what was read there must not outlive them."""
    yield
    read_sql.cache_clear()
