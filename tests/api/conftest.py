"""The API as users meet it: mounted by the plugin in a real Airflow app, behind Airflow's own login."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI
    from fastapi.testclient import TestClient

REPOSITORY = Path(__file__).resolve().parents[2]
BASE = "/api/sms/metrics"
# name → role of Airflow's SimpleAuthManager; "nell" is logged in and has no right at all.
USERS = {"ann": "user", "vic": "viewer", "nell": None}
SETTINGS = {
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items() if role),
    "AIRFLOW__API_AUTH__JWT_SECRET": "for tests only, and long enough for a signature with SHA-512: sixty-four bytes",
    "AIRFLOW__API__SECRET_KEY": "for tests only",
    "AIRFLOW__API__BASE_URL": "http://testserver",
}


@pytest.fixture(scope="session")
def airflow_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Airflow's API server, as ``airflow api-server`` makes it, with our plugin; no process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        passwords = tmp_path_factory.mktemp("airflow") / "passwords.json"
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
        from airflow.api_fastapi.app import create_app, purge_cached_app
        from airflow.plugins_manager import _get_plugins
        from airflow.utils.db import initdb

        # Airflow reads this one when it is imported, which another test may have done before.
        patch.setattr("airflow.settings.PLUGINS_FOLDER", SETTINGS["AIRFLOW__CORE__PLUGINS_FOLDER"])
        _get_plugins.cache_clear()
        initdb()
        purge_cached_app()
        yield create_app(apps="core")
        purge_cached_app()


@pytest.fixture
def token(airflow_app: FastAPI) -> Callable[..., str]:
    """``token("ann")``: what Airflow's ``POST /auth/token`` gives a user, optionally living ``seconds``."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    def make(name: str, seconds: int = 3600) -> str:
        user = SimpleAuthManagerUser(username=name, role=USERS[name])
        return get_auth_manager().generate_jwt(user, expiration_time_in_seconds=seconds)

    return make


@pytest.fixture
def client(
    airflow_app: FastAPI, token: Callable[..., str], database_uri: str, monkeypatch
) -> Iterator[Callable[..., TestClient]]:
    """``client("ann").get("/daily")``: the API on this test's own database, asked by a user (None: by nobody)."""
    from fastapi.testclient import TestClient

    from sms_monitoring.api import database, rate_limits

    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", as_airflow_connection(database_uri))
    rate_limits.forget()

    def make(name: str | None = "ann") -> TestClient:
        headers = {"Authorization": f"Bearer {token(name)}"} if name else {}
        base_url = f"http://testserver{BASE}"
        return TestClient(airflow_app, base_url=base_url, headers=headers, raise_server_exceptions=False)

    yield make
    database.close_pool()


def as_airflow_connection(uri: str) -> str:
    """A libpq URI as the JSON of an Airflow connection (a Unix-socket host does not survive as a URI)."""
    import json

    parts = urlsplit(uri)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    return json.dumps(
        {"conn_type": "postgres", "host": host, "login": parts.username, "schema": parts.path.lstrip("/")}
    )
