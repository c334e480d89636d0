"""The environment variables under which the local Airflow runs, also in the user's own shell."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from sms_monitoring.local import settings_file
from sms_monitoring.local.credentials import LOGINS
from sms_monitoring.local.ports import HOST
from sms_monitoring.local.receivers.connections import (
    FROM_EMAIL,
    HOURLY_CHECK,
    ROUTING_KEY,
    SLACK_SERVICE,
    SLACK_TOKEN,
    TWILIO_SERVICE,
    WATCHDOG_CHECK,
    WEBHOOK_SECRET,
    sentry_dsn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from sms_monitoring.local.credentials import Credentials
    from sms_monitoring.local.layout import Layout

# The user's own Airflow settings must not reach the local stack: only these exports do.
FOREIGN_PREFIXES = ("AIRFLOW_", "SMS_MONITORING_", "_AIRFLOW")


@dataclass(frozen=True)
class ReceiverPorts:
    """Where the local receivers listen: mail at a port of 127.0.0.1, all else at ``url``."""

    url: str
    smtp_port: int


def exports(
    *,
    layout: Layout,
    credentials: Credentials,
    settings: settings_file.Settings,
    metrics_uri: str,
    airflow_uri: str,
    airflow_port: int,
    base_path: str = "",
    receivers: ReceiverPorts | None = None,
    start_date: datetime | None = None,
) -> dict[str, str]:
    """Everything that ``airflow``, the DAGs and ``psql`` need to know, as environment variables.

    :param metrics_uri: libpq URI of the monitoring database.
    :param airflow_uri: libpq URI of Airflow's metadata database.
    :param base_path: where Airflow is served below its address, such as ``/airflow``.
    :param receivers: where to point the connections of the notification channels; None leaves the file's.
    :param start_date: the hour from which the hourly DAG catches up; None: it does not.
    """
    url = f"http://{HOST}:{airflow_port}{base_path}"
    sqlalchemy_rest = airflow_uri.removeprefix("postgresql")
    return {
        "PYTHONPATH": str(layout.plugins),
        "PYTHONPYCACHEPREFIX": str(layout.bytecode),
        "PYTHONDONTWRITEBYTECODE": "",  # empty is off
        # A proxy of the machine must not be asked for what runs on the machine.
        "NO_PROXY": with_localhost(os.environ.get("NO_PROXY", "")),
        "no_proxy": with_localhost(os.environ.get("no_proxy", "")),
        "AIRFLOW_HOME": str(layout.airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(layout.dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(layout.plugins),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__FERNET_KEY": credentials.fernet_key,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        # A look-up of the machine's full name can take seconds where the network is odd.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in LOGINS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(layout.passwords_file),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2{sqlalchemy_rest}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg{sqlalchemy_rest}",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(airflow_port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": credentials.api_secret_key,
        "AIRFLOW__API_AUTH__JWT_SECRET": credentials.jwt_secret,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(layout.task_logs),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(layout.task_logs / "dag_processor"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        # A changed DAG file shows within seconds, what it imports within a minute; an idle scheduler looks five times a
        # second.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        **sentry_exports(receivers),
        **settings_file.exports(settings, connection_overrides(metrics_uri, receivers)),
        "SMS_MONITORING_DB_URI": metrics_uri,
        "SMS_MONITORING_POOL": settings.pools[0].name if settings.pools else "",
        "SMS_MONITORING_START_DATE": start_date.isoformat() if start_date else "",
    }


def connection_overrides(metrics_uri: str, receivers: ReceiverPorts | None) -> dict[str, dict[str, Any]]:
    """What replaces the placeholders of ``airflow_settings.yaml``: the embedded database, the local receivers."""
    parts = urlsplit(metrics_uri)
    host = parse_qs(parts.query)["host"][0]
    overrides: dict[str, dict[str, Any]] = {
        "sms_monitoring_db": {
            "host": host,
            "port": 5432,
            "schema": unquote(parts.path.lstrip("/")),
            "login": unquote(parts.username or ""),
            "password": "",
        }
    }
    if receivers:
        overrides |= {
            "sms_monitoring_slack": {"host": f"{receivers.url}/services", "password": f"{SLACK_SERVICE}/{SLACK_TOKEN}"},
            "sms_monitoring_pagerduty": {"host": receivers.url, "password": ROUTING_KEY},
            "sms_monitoring_sms": {
                "host": receivers.url,
                "extra": {"config": {"path": TWILIO_SERVICE, "tag": "alerts"}},
            },
            "sms_monitoring_webhook": {"host": f"{receivers.url}/webhook", "password": WEBHOOK_SECRET},
            "sms_monitoring_heartbeat": {"host": f"{receivers.url}/ping", "password": HOURLY_CHECK},
            "sms_monitoring_watchdog_heartbeat": {"host": f"{receivers.url}/ping", "password": WATCHDOG_CHECK},
            "sms_monitoring_smtp": {
                "host": HOST,
                "port": receivers.smtp_port,
                "login": "",
                "password": "",
                "extra": {"from_email": FROM_EMAIL, "disable_ssl": True, "disable_tls": True},
            },
        }
    return overrides


def sentry_exports(receivers: ReceiverPorts | None) -> dict[str, str]:
    """Airflow's ``[sentry]`` section: errors of tasks go to the local receivers, where there are any.

    The values of local variables are never taken from the stack; what else is in an event, our scrubber takes out.
    Without the last but one each task imports whatever the SDK can instrument, which takes three seconds; without the
    last, every request to Slack and others carries the names of the release and of the Sentry project.
    """
    if receivers is None:
        return {}
    return {
        "AIRFLOW__SENTRY__SENTRY_ON": "True",
        "AIRFLOW__SENTRY__SENTRY_DSN": sentry_dsn(receivers.url),
        "AIRFLOW__SENTRY__ENVIRONMENT": "local",
        "AIRFLOW__SENTRY__INCLUDE_LOCAL_VARIABLES": "False",
        "AIRFLOW__SENTRY__AUTO_ENABLING_INTEGRATIONS": "False",
        "AIRFLOW__SENTRY__TRACE_PROPAGATION_TARGETS": "",
    }


def child_environment(layout: Layout, variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without its Airflow settings, plus ``variables`` and the programs in PATH."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}
    own["PATH"] = os.pathsep.join([str(layout.bin), own.get("PATH", os.defpath)])
    return {**own, **variables}


def render(variables: Mapping[str, str], *, programs: Path, postgres_programs: Path) -> str:
    """The variables as lines of POSIX shell, quoted so that any value arrives as it is.

    :param programs: folder to search first, for ``airflow`` and ``python``.
    :param postgres_programs: folder to search last: the machine's own ``psql`` goes first.
    """
    lines = [
        "# Made by `make demo`, `make smoke` and `make db`; use it with:  . .local/env",
        f'export PATH={shlex.quote(str(programs))}:"$PATH":{shlex.quote(str(postgres_programs))}',
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
    ]
    return "\n".join(lines) + "\n"


def with_localhost(no_proxy: str) -> str:
    """A ``NO_PROXY`` list that has this machine in it, too."""
    hosts = [host.strip() for host in no_proxy.split(",") if host.strip()]
    return ",".join([*hosts, *(own for own in (HOST, "localhost") if own not in hosts)])
