"""A mail server for the digest's tests, reached through the Airflow connection of production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sms_monitoring.local.receivers import Receivers

if TYPE_CHECKING:
    from collections.abc import Iterator

SMTP_CONNECTION = "AIRFLOW_CONN_SMS_MONITORING_SMTP"


@pytest.fixture(scope="session")
def running_receivers() -> Iterator[Receivers]:
    with Receivers() as running:
        yield running


@pytest.fixture
def mail_server(running_receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> Receivers:
    """An empty, working mail server, and the connection to it."""
    running_receivers.recover()
    running_receivers.clear()
    monkeypatch.setenv(SMTP_CONNECTION, running_receivers.smtp_connection_uri)
    return running_receivers
