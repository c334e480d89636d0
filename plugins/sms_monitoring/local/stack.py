"""The local stack: embedded PostgreSQL, notification receivers, and Airflow's components one by one."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sms_monitoring.local import databases, environment, ports
from sms_monitoring.local.airflow_api import AirflowApi
from sms_monitoring.local.credentials import ADMIN, load_or_create, write_private
from sms_monitoring.local.errors import LocalStackError
from sms_monitoring.local.lock import exclusive
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.processes import ProcessGroup
from sms_monitoring.local.receivers import ReceiversClient
from sms_monitoring.local.settings_file import read_settings
from sms_monitoring.local.signals import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from types import TracebackType

    from sms_monitoring.local.layout import Layout
    from sms_monitoring.local.progress import Steps

READY_SECONDS = 180.0
POLL_SECONDS = 0.2
# --skip-serve-logs: both would otherwise serve their logs on all of the machine's addresses.
COMPONENTS = {
    "api-server": (),
    "dag-processor": (),
    "scheduler": ("--skip-serve-logs",),
    "triggerer": ("--skip-serve-logs",),
}


class StackError(LocalStackError):
    """The stack does not work; the message says why and where to look."""


class Stack:
    """All that runs of one checkout. Leaving the ``with`` block, however it ends, stops everything.

    :param postgres: a running server of somebody else's, who also stops it; None: one of the stack's own.
    :param metrics_uri: a database prepared by somebody else; :meth:`start_databases` makes one otherwise.
    :param airflow_database: name of Airflow's own database: another one for each stack of a server.
    :raises AlreadyRunningError: on entry, when a stack of this layout runs already.
    """

    def __init__(
        self,
        layout: Layout,
        steps: Steps,
        *,
        postgres: EmbeddedPostgres | None = None,
        metrics_uri: str = "",
        airflow_database: str = databases.AIRFLOW,
    ) -> None:
        self.layout = layout
        self.steps = steps
        self.postgres = postgres or EmbeddedPostgres(layout.postgres_data)
        self._owns_postgres = postgres is None
        self.metrics_uri = metrics_uri
        self._airflow_database = airflow_database
        self.airflow_url = ""
        # What its components run under, once started.
        self.exports: dict[str, str] = {}
        self.receivers = ReceiversClient("")
        self._processes = ProcessGroup(run_dir=layout.run, log_dir=layout.logs)
        self._settings = read_settings(layout.settings_file)
        self._credentials = load_or_create(layout.credentials_file, layout.passwords_file)
        self._receiver_ports: environment.ReceiverPorts | None = None
        self._api: AirflowApi | None = None
        self._components: tuple[str, ...] = ()
        self._on_exit = ExitStack()

    @property
    def passwords(self) -> dict[str, str]:
        """User → password of the Airflow UI; the roles are :data:`LOGINS`."""
        return self._credentials.passwords

    @property
    def dashboard_url(self) -> str:
        """The page of the bundle, in Airflow's navigation."""
        return f"{self.airflow_url}/plugin/sms-monitoring"

    @property
    def api(self) -> AirflowApi:
        """Airflow's REST API, once :meth:`start_airflow` was called."""
        if self._api is None:
            raise StackError("Airflow was not started yet")
        return self._api

    def __enter__(self) -> Stack:
        self._on_exit.enter_context(exclusive(self.layout.lock_file))
        if left := self._processes.stop_leftovers():
            self.steps.say(f"Stopped what an earlier run had left behind: {', '.join(left)}")
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._on_exit, uninterrupted(), self.steps.step("Stopping everything"):
            if self._api:
                self._api.close()
            try:
                self._processes.stop()
            finally:
                if self._owns_postgres and not self.layout.keep_postgres.exists():
                    self.postgres.stop()

    def start_databases(self, *, fresh: bool) -> None:
        """Start PostgreSQL and make the monitoring's database, migrated, with the product's tables.

        :param fresh: drop what an earlier run left in it.
        """
        with self.steps.step("Starting PostgreSQL"):
            self.postgres.start()
        with self.steps.step("Migrating the monitoring database"):
            self.metrics_uri = databases.prepare_metrics(self.postgres, fresh=fresh)

    def start_receivers(self, *, fresh: bool) -> None:
        """Start the local Slack, PagerDuty and mail server; ``RECEIVERS_PORT`` chooses the port of their page.

        :param fresh: forget what they received in earlier runs.
        """
        port = ports.choose_port("RECEIVERS_PORT")
        ready_file = self.layout.run / "receivers.ready"
        ready_file.unlink(missing_ok=True)
        if fresh:
            self.layout.received.unlink(missing_ok=True)
        command = [sys.executable, "-m", "sms_monitoring.local.receivers", "--http-port", str(port)]
        files = ["--ready-file", str(ready_file), "--log", str(self.layout.received)]
        own = environment.child_environment(self.layout, {"PYTHONPATH": str(self.layout.plugins)})
        with self.steps.step("Starting the local Slack, PagerDuty and mail receivers"):
            self._processes.start("receivers", [*command, *files], own)
            self.wait_until(ready_file.exists, "the receivers listen")
        ready = json.loads(ready_file.read_text(encoding="utf-8"))
        self.receivers = ReceiversClient(ready["url"])
        self._receiver_ports = environment.ReceiverPorts(ready["url"], ready["smtp_port"])

    def start_airflow(
        self,
        *,
        fresh: bool,
        start_date: datetime,
        components: Collection[str] = tuple(COMPONENTS),
        base_path: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Make Airflow's database and start its components; they work once :meth:`wait_for_airflow` returns.

        Writes ``.local/env``. ``AIRFLOW_PORT`` chooses the port.

        :param fresh: forget the DAG runs of earlier runs.
        :param start_date: the hour from which the hourly DAG runs.
        :param components: those of :data:`COMPONENTS` to start.
        :param base_path: where Airflow is served below its address, such as ``/airflow``.
        :param extra: more environment variables for them.
        """
        port = ports.choose_port("AIRFLOW_PORT")
        airflow = str(self.layout.bin / "airflow")

        def variables(airflow_uri: str) -> dict[str, str]:
            exported = environment.exports(
                layout=self.layout,
                credentials=self._credentials,
                settings=self._settings,
                metrics_uri=self.metrics_uri,
                airflow_uri=airflow_uri,
                airflow_port=port,
                base_path=base_path,
                receivers=self._receiver_ports,
                start_date=start_date,
            )
            return {**exported, **(extra or {})}

        def migrate(airflow_uri: str) -> None:
            own = environment.child_environment(self.layout, variables(airflow_uri))
            self._processes.run("airflow-migrate", [airflow, "db", "migrate"], own)

        with self.steps.step("Preparing Airflow's database"):
            databases.prepare_airflow(self.postgres, migrate, fresh=fresh, name=self._airflow_database)
        self.exports = variables(self.postgres.uri(self._airflow_database))
        shell = environment.render(self.exports, programs=self.layout.bin, postgres_programs=self.postgres.bin)
        write_private(self.layout.env_file, shell)
        for component in components:
            self.start_component(component)
        self._components = tuple(components)
        self.airflow_url = f"http://{ports.HOST}:{port}{base_path}"
        self._api = AirflowApi(self.airflow_url, username=ADMIN, password=self.passwords[ADMIN])

    def start_component(self, component: str) -> None:
        """Start one of Airflow's components that does not run, once :meth:`start_airflow` was called."""
        own = environment.child_environment(self.layout, self.exports)
        airflow = str(self.layout.bin / "airflow")
        self._processes.start(component, [airflow, component, *COMPONENTS[component]], own)

    def kill_component(self, component: str) -> None:
        """Kill one of Airflow's components, with all its children, by SIGKILL."""
        self._processes.kill(component)

    def wait_for_airflow(self, dag_ids: Collection[str]) -> None:
        """Wait until all started components are healthy and ``dag_ids`` are parsed; create the pools.

        :raises StackError: when a DAG file cannot be imported, or it takes longer than :data:`READY_SECONDS`.
        """
        waiting_for = "its API server"

        def components_are_healthy() -> bool:
            nonlocal waiting_for
            health = self.api.health()
            expected = {component.replace("-", "_") for component in self._components} | {"metadatabase"}
            behind = [name for name, state in health.items() if name in expected and state != "healthy"]
            waiting_for = ", ".join(behind).replace("_", " ") or waiting_for
            tell(waiting_for)
            return bool(health) and not behind

        def dags_are_parsed() -> bool:
            if errors := self.api.import_errors():
                raise StackError("a DAG file cannot be imported:\n" + "\n".join(errors))
            tell("the first parsing of the DAGs")
            return set(dag_ids) <= self.api.dag_ids()

        with self.steps.step("Starting Airflow") as tell:
            self.wait_until(components_are_healthy, "Airflow's components are healthy")
            self.wait_until(dags_are_parsed, f"the DAGs {', '.join(sorted(dag_ids))} are parsed")
            self.api.set_pools(self._settings.pools)

    def serve(self) -> None:
        """Watch over the processes until one ends or somebody interrupts.

        :raises ProcessDiedError: when one ends.
        """
        while True:
            self._processes.check()
            time.sleep(1)

    def wait_until(self, done: Callable[[], object], what: str, seconds: float = READY_SECONDS) -> None:
        """Ask ``done`` again and again until it says yes.

        :param what: the state waited for, for the error.
        :raises ProcessDiedError: when a process of the stack ends meanwhile.
        :raises StackError: when it takes longer than ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while True:
            self._processes.check()
            if done():
                return
            if time.monotonic() > deadline:
                raise StackError(f"waited {seconds:.0f} s in vain until {what}; the logs are in {self.layout.logs}")
            time.sleep(POLL_SECONDS)
