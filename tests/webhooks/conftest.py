"""The webhook, mounted where Airflow mounts it, on this test's own database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from sms_monitoring.api import database
from sms_monitoring.webhooks.app import create_app
from tests.webhooks.twilio import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "AIRFLOW_CONN_SMS_MONITORING_TWILIO_WEBHOOK"


@pytest.fixture
def configure(monkeypatch):
    """``configure(password=…, host=…)`` makes the connection of the webhook; without arguments there is none."""

    def make(**connection: str) -> None:
        if connection:
            monkeypatch.setenv(SECRET, json.dumps({"conn_type": "http", **connection}))
        else:
            monkeypatch.delenv(SECRET, raising=False)

    make(password=TOKEN)
    return make


@pytest.fixture
def client(configure, database_uri, monkeypatch) -> Iterator[TestClient]:
    """Calls the webhook, which is switched on."""
    info = psycopg.conninfo.conninfo_to_dict(database_uri)
    connection = {"conn_type": "postgres", "host": info["host"], "login": info["user"], "schema": info["dbname"]}
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", json.dumps(connection))
    monkeypatch.delenv("AIRFLOW__API__BASE_URL", raising=False)
    airflow = FastAPI(openapi_url=None)
    airflow.mount("/webhooks/twilio", create_app())
    with TestClient(airflow, raise_server_exceptions=False) as asking:  # one event loop for all, as in a server
        yield asking
    database.close_pool()
