"""What a worker's runs happen in: a database of its own, receivers of its own, and the channels that lead there."""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.plan import CHANNELS
from sms_monitoring.local.receivers.connections import (
    pagerduty_connection,
    slack_connection,
    sms_connection,
    smtp_connection,
    webhook_connection,
)
from sms_monitoring.notify.channels import load_channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.local.receivers import ReceiversClient
    from sms_monitoring.notify.channels.base import Channel

# How long a dispatcher waits for an answer. Its size is not what is tested; with the real one a stall takes minutes.
TIMEOUT_SECONDS = 0.25
RECIPIENTS = {
    "AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO": "oncall@example.com",
    "AIRFLOW_VAR_SMS_MONITORING_ALERT_SMS_TO": "+12025550143",
}
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The channels to one place.

    :param environment: the Airflow connections; some channels read theirs only when they send.
    :param channels: by name, as :func:`sms_monitoring.notify.channels.load_channel` gave them.
    """

    environment: dict[str, str]
    channels: dict[str, Channel]

    def take(self) -> dict[str, Channel]:
        """The channels, for use in this process from now on."""
        os.environ.update(self.environment)
        return self.channels


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The surroundings of one worker.

    :param uri: of its database.
    :param reachable: the way to the receivers, for forked processes.
    :param mine: the same, for this process only: whoever is forked must not inherit open connections.
    :param unreachable: the way to where nobody listens.
    :param folder: for its files.
    """

    uri: str
    receivers: ReceiversClient
    reachable: Way
    mine: Way
    unreachable: Way
    folder: Path


def load_code() -> None:
    """Import all that a dispatcher needs, once for all that are forked."""
    for name in CHANNELS:
        import_module(f"sms_monitoring.notify.channels.{name}")
    for name in ("address", "http_post", "pagerduty", "smtp", "twilio"):
        import_module(f"sms_monitoring.hooks.{name}")
    import_module("sms_monitoring.notify.dispatch")


@contextmanager
def world(uri: str, receivers: ReceiversClient, folder: Path) -> Iterator[World]:
    """The world around a database and receivers, for a process that does nothing else: it changes its environment."""
    for module in [*sys.modules.values()]:
        if module.__name__.startswith("sms_monitoring.") and hasattr(module, "TIMEOUT_SECONDS"):
            setattr(module, "TIMEOUT_SECONDS", TIMEOUT_SECONDS)  # noqa: B010 - for the type checker
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(proxy, None)
        os.environ.pop(proxy.lower(), None)
    # Bound but not listening: whoever connects is refused, and nobody else gets the port.
    with socket.socket() as closed:
        closed.bind((_HOST, 0))
        port = closed.getsockname()[1]
        made = World(
            uri=uri,
            receivers=receivers,
            reachable=_way(receivers.url, receivers.smtp_port),
            mine=_way(receivers.url, receivers.smtp_port),
            unreachable=_way(f"http://{_HOST}:{port}", port),
            folder=folder,
        )
        # What every dispatcher shares with its parent stays shared: a collection would write to all of it.
        gc.collect()
        gc.freeze()
        yield made


def _way(url: str, smtp_port: int) -> Way:
    way = Way(
        environment=RECIPIENTS
        | {
            "AIRFLOW_CONN_SMS_MONITORING_SLACK": slack_connection(url),
            "AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY": pagerduty_connection(url),
            "AIRFLOW_CONN_SMS_MONITORING_SMTP": smtp_connection(smtp_port),
            "AIRFLOW_CONN_SMS_MONITORING_SMS": sms_connection(url),
            "AIRFLOW_CONN_SMS_MONITORING_WEBHOOK": webhook_connection(url),
        },
        channels={},
    )
    way.take()
    way.channels.update({name: load_channel(name) for name in CHANNELS})
    return way


@cache
def chaos_sql(name: str) -> bytes:
    """The text of ``chaos/sql/<name>.sql``."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_bytes()
