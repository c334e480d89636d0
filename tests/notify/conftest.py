"""Local receivers, and the Airflow connections that lead to them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from sms_monitoring.local.receivers.server import Receivers
from tests.notify.far_sides import HttpFarSide, SmtpFarSide, running

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = ("SLACK", "PAGERDUTY", "SMTP", "SMS", "WEBHOOK")
RECIPIENTS = "oncall@example.com, sms-team@example.com"
NUMBERS = "+12025550143"


@pytest.fixture(scope="session")
def running_receivers() -> Iterator[Receivers]:
    with Receivers() as running:
        yield running


@pytest.fixture
def receivers(running_receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> Receivers:
    """Running receivers, empty and without faults, with all connections leading to them."""
    running_receivers.recover()
    running_receivers.clear()
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", running_receivers.slack_connection_uri)
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY", running_receivers.pagerduty_connection_uri)
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SMTP", running_receivers.smtp_connection_uri)
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SMS", running_receivers.sms_connection_uri)
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_WEBHOOK", running_receivers.webhook_connection_uri)
    monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", RECIPIENTS)
    monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_SMS_TO", NUMBERS)
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.lower(), raising=False)
    return running_receivers


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the connections or variables is set."""
    for name in CONNECTIONS:
        monkeypatch.delenv(f"AIRFLOW_CONN_SMS_MONITORING_{name}", raising=False)
    for name in ("EMAIL", "SMS"):
        monkeypatch.delenv(f"AIRFLOW_VAR_SMS_MONITORING_ALERT_{name}_TO", raising=False)


@pytest.fixture
def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def http_far_side() -> Iterator[HttpFarSide]:
    with running(HttpFarSide()) as server:
        yield server


@pytest.fixture
def smtp_far_side() -> Iterator[SmtpFarSide]:
    with running(SmtpFarSide()) as server:
        yield server
