"""Sends the sign of life of one DAG, by the Airflow connection that names its service."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit

from sms_monitoring.heartbeat.conventions import ADDRESSES, Signal, Told, make_ping, refusal_in

if TYPE_CHECKING:
    from sms_monitoring.heartbeat.conventions import Ping

log = logging.getLogger(__name__)

HOURLY = "sms_monitoring_heartbeat"
WATCHDOG = "sms_monitoring_watchdog_heartbeat"
# DAG → the connection of its heartbeat.
CONNECTIONS = {"sms_hourly_monitoring": HOURLY, "sms_watchdog": WATCHDOG}
DEFAULT_CONVENTION = "healthchecks"
TIMEOUT_SECONDS = 10


class HeartbeatError(RuntimeError):
    """The sign of life did not get through, or its connection makes no sense; says which. Holds no secret."""


class NoHeartbeatError(Exception):
    """There is no connection for it: nobody outside waits for a sign of life."""


@dataclass(frozen=True, slots=True)
class _Service:
    convention: str
    address: str
    secret: str
    # What must not be shown, in each form in which it may come back.
    secrets: frozenset[str]


def how_to_set(conn_id: str) -> str:
    """The command that sets the connection up."""
    return (
        f"airflow connections add {conn_id} --conn-type http --conn-host https://hc-ping.com"
        " --conn-password 'UUID_OF_YOUR_CHECK' --conn-extra '{\"convention\": \"healthchecks\"}'"
    )


def beat(conn_id: str = HOURLY, signal: Signal = Signal.ALIVE, note: str = "", timeout: float = TIMEOUT_SECONDS) -> str:
    """Tell the service of ``conn_id``; asked once, no redirect followed. Returns what it came to, for the log.

    :param note: one sentence for a reader, without secrets.
    :param timeout: seconds for each step on the network; all of them get three times that.
    :raises NoHeartbeatError: when there is no such connection.
    :raises HeartbeatError: when it was not taken, or nobody knows whether it was.
    """
    service = _read(conn_id)
    try:
        ping = make_ping(service.convention, service.address, service.secret, signal, Told(conn_id, note))
    except ValueError as error:
        raise HeartbeatError(f"Airflow connection {conn_id!r}: {error}") from None
    if ping is None:
        return f"{service.convention} has no signal for {signal}"
    _deliver(ping, service, conn_id, timeout)
    return f"{signal} told to {urlsplit(ping.url).hostname}"


def report_failed_run(dag_id: str, note: str) -> None:
    """Tell the service of a DAG that a run of it failed, where there is one. For callbacks: it never raises."""
    try:
        log.info("heartbeat: %s", beat(CONNECTIONS[dag_id], Signal.FAILED, note, timeout=5))
    except (KeyError, NoHeartbeatError):
        return
    except HeartbeatError as error:
        log.error("heartbeat: %s", error)
    except Exception as error:
        log.error("heartbeat: %s", type(error).__name__)


def _read(conn_id: str) -> _Service:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from sms_monitoring.hooks.address import base_url, is_confidential
    from sms_monitoring.notify.channels.base import is_web_address

    try:
        connection: Any = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise NoHeartbeatError(f"no heartbeat: there is no Airflow connection {conn_id!r}") from None
    except Exception as error:
        # What a secrets backend raises may quote secrets: neither its words nor the exception go on.
        raise _wrong(conn_id, f"cannot be read ({type(error).__name__})") from None
    password = (connection.password or "").strip()
    if password.startswith("<"):
        raise NoHeartbeatError(f"no heartbeat: the Airflow connection {conn_id!r} still has its placeholder")
    convention = str(connection.extra_dejson.get("convention") or DEFAULT_CONVENTION)
    whole, _, rest = password.partition("://")
    if rest:  # the whole URL is the secret
        host, _, secret = rest.partition("/")
        address = f"{whole}://{host}"
    else:
        address, secret = base_url(connection, ADDRESSES.get(convention, "")), password.strip("/")
    if not secret:
        raise _wrong(conn_id, "has no password, where the secret part of the address belongs")
    if not is_web_address(f"{address}/{secret}"):
        raise _wrong(conn_id, "makes no http or https address of its host and password")
    if not is_confidential(address):
        raise _wrong(conn_id, "has an http address: anyone on the way could read it; use https")
    return _Service(convention, address, secret, _secrets(password, secret, connection.host))


def _secrets(password: str, secret: str, host: str | None) -> frozenset[str]:
    from sms_monitoring.notify.redaction import address_parts, connection_secrets

    parts = connection_secrets(password=password, host=host) | connection_secrets(password=secret)
    return parts | address_parts(secret)


def _deliver(ping: Ping, service: _Service, conn_id: str, timeout: float) -> None:
    from sms_monitoring.hooks.http_post import ask_once
    from sms_monitoring.notify.channels.base import explain

    headers = {"User-Agent": "sms-monitoring", **ping.headers}
    try:
        answer = ask_once(ping.method, ping.url, ping.body or None, headers, timeout)
    except (OSError, HTTPException) as error:
        said = error.reason if isinstance(error, URLError) else f"{type(error).__name__} {error}"
        # From None: the exception's own words may hold the address.
        raise HeartbeatError(explain("the heartbeat's service cannot be reached", said, service.secrets)) from None
    if 300 <= answer.status < 400:
        raise _wrong(conn_id, f"leads to a redirect ({answer.status}), which is not followed; set its final address")
    if not 200 <= answer.status < 300:
        what = f"the heartbeat's service answered {answer.status}"
        raise HeartbeatError(explain(what, answer.text, service.secrets))
    if refusal := refusal_in(answer.text):
        raise HeartbeatError(f"the heartbeat's service answered {answer.status} {refusal!r}: nothing was counted")


def _wrong(conn_id: str, fault: str) -> HeartbeatError:
    return HeartbeatError(f"Airflow connection {conn_id!r} {fault}. Set it with: {how_to_set(conn_id)}")
