"""Where the local stack keeps things: everything that runs is under ``.local/`` of the checkout."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The paths of one stack of a checkout. Those of two checkouts, or of two ``state`` folders, run side by side.

    :param state: the folder of everything that the stack makes, below ``root``.
    """

    root: Path
    state: str = ".local"

    @classmethod
    def of_this_checkout(cls) -> Layout:
        """The layout of the checkout that this file is part of."""
        return cls(Path(__file__).resolve().parents[3])

    @property
    def local(self) -> Path:
        """Folder of all state; git ignores it, and it may be deleted while nothing runs."""
        return self.root / self.state

    @property
    def bin(self) -> Path:
        """Folder of the programs of the Python environment in use (``airflow``, ``python``)."""
        return Path(sys.executable).parent

    @property
    def dags(self) -> Path:
        """Airflow's DAG folder."""
        return self.root / "dags"

    @property
    def plugins(self) -> Path:
        """Airflow's plugins folder, which also holds the package."""
        return self.root / "plugins"

    @property
    def settings_file(self) -> Path:
        """Connections, pools and variables in Astro's format."""
        return self.root / "airflow_settings.yaml"

    @property
    def postgres_data(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.local / "postgres"

    @property
    def airflow_home(self) -> Path:
        """``AIRFLOW_HOME``: airflow.cfg and task logs."""
        return self.local / "airflow"

    @property
    def task_logs(self) -> Path:
        """Airflow's logs of tasks and of DAG parsing."""
        return self.airflow_home / "logs"

    @property
    def logs(self) -> Path:
        """One log file for each process of the stack."""
        return self.local / "logs"

    @property
    def run(self) -> Path:
        """Records of running processes."""
        return self.local / "run"

    @property
    def lock_file(self) -> Path:
        """Held by the one stack that may run in a checkout."""
        return self.run / "stack.lock"

    @property
    def keep_postgres(self) -> Path:
        """Exists from ``make db`` to ``make db-stop``: the end of a demo then leaves PostgreSQL running."""
        return self.run / "keep-postgres"

    @property
    def received(self) -> Path:
        """What the local receivers got, as JSON Lines."""
        return self.local / "received.jsonl"

    @property
    def credentials_file(self) -> Path:
        """Keys and the password made for this checkout (mode 600)."""
        return self.local / "credentials.json"

    @property
    def passwords_file(self) -> Path:
        """The password file that Airflow's SimpleAuthManager reads (mode 600)."""
        return self.local / "airflow_passwords.json"

    @property
    def env_file(self) -> Path:
        """Shell exports: ``. .local/env`` makes ``airflow …`` and ``psql "$SMS_MONITORING_DB_URI"`` work."""
        return self.local / "env"

    @property
    def bytecode(self) -> Path:
        """Python's bytecode cache, of all stacks; without one, every start of Airflow takes twice as long."""
        return self.root / ".local" / "pycache"
