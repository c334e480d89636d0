"""The two databases of the local stack: ``sms`` (product and monitoring) and ``airflow`` (Airflow's metadata)."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.migrations import migrate
from sms_monitoring.sources import install_preset
from sms_monitoring.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.local.postgres import EmbeddedPostgres

METRICS = "sms"
AIRFLOW = "airflow"
PRESET = "buildos"


def prepare_metrics(postgres: EmbeddedPostgres, *, fresh: bool) -> str:
    """Make the product's tables, the monitoring's schema and the source views; returns the database's URI.

    :param fresh: drop what an earlier run left first.
    """
    if fresh:
        postgres.drop_database(METRICS)
    postgres.create_database(METRICS)
    uri = postgres.uri(METRICS)
    migrate(lambda: db.connect(uri))
    with db.connect(uri) as conn:
        conn.execute(read_sql(f"products/{PRESET}.sql").encode())
        install_preset(conn, PRESET)
    return uri


def prepare_airflow(
    postgres: EmbeddedPostgres, migrate_database: Callable[[str], None], *, fresh: bool, name: str = AIRFLOW
) -> None:
    """Make Airflow's metadata database.

    A fresh one is copied from a template that is migrated once for each Airflow version: 0.2 s, not 10 s.

    :param migrate_database: runs ``airflow db migrate`` on the database of that URI.
    :param fresh: replace what an earlier run left; otherwise it is kept and brought up to date.
    :param name: of the database.
    """
    if not fresh and not postgres.create_database(name):
        migrate_database(postgres.uri(name))
        return
    template = f"airflow_{version('apache-airflow-core').replace('.', '_')}_template"
    if not postgres.has_database(template):
        making = f"{template}_making"
        postgres.drop_database(making)
        postgres.create_database(making)
        migrate_database(postgres.uri(making))
        postgres.rename_database(making, template)
    postgres.drop_database(name)
    postgres.create_database(name, template=template)
