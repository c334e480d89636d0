"""Airflow's API server with the bundle, over a database of the benchmarks."""

from __future__ import annotations

import gzip
import http.client
import io
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console

from benchmarks.bench import BenchmarkError
from sms_monitoring.local.environment import child_environment
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.stack import Stack
from sms_monitoring.timeframe import floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.bench import Bench

API = "/api/sms/metrics"
DASHBOARD = f"{API}/dashboard/"
OPERATOR = "admin"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    :param url: of Airflow.
    :param tokens: user → Bearer token.
    :param environment: what the server runs in.
    """

    url: str
    tokens: dict[str, str]
    environment: dict[str, str]

    def client(self, user: str) -> Client:
        """A connection of a user's own."""
        return Client(self.url, self.tokens[user])


class Client:
    """One keep-alive connection, as a browser has it: gzip is welcome. As little around it as can be."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip", "Accept": "application/json"}

    def get(self, path: str) -> float:
        """Ask for ``path``, below the API; returns the seconds until the whole answer was here.

        :raises BenchmarkError: for any answer but 200.
        """
        began = perf_counter()
        self._connection.request("GET", API + path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = perf_counter() - began
        if answer.status != http.client.OK:
            text = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
            raise BenchmarkError(f"GET {path} was answered {answer.status}: {text[:300].decode(errors='replace')}")
        return seconds

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def serving(bench: Bench, uri: str, readers: Sequence[str] = ()) -> Iterator[Server]:
    """A running server over the metrics database ``uri``; it ends with the block.

    :param readers: names of users who may only read, beside :data:`OPERATOR`.
    """
    layout = Layout(Layout.of_this_checkout().root, ".local/bench-stack")
    quiet = Steps(Console(file=io.StringIO()))
    users = ",".join([f"{OPERATOR}:admin", *(f"{name}:viewer" for name in readers)])
    with Stack(layout, quiet, postgres=bench.postgres, metrics_uri=uri, airflow_database="airflow_bench") as stack:
        with bench.steps.step("Starting Airflow's API server"):
            stack.start_airflow(
                fresh=True,
                start_date=floor_hour(datetime.now(UTC)),
                components=("api-server",),
                # The one user of the sequential measurements asks more often than anybody may.
                extra={
                    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
                    "SMS_MONITORING_API_RATE_LIMIT": "100000/minute",
                },
            )
            stack.wait_for_airflow(())
        # Airflow gives a password to whoever has none yet.
        passwords = json.loads(layout.passwords_file.read_text(encoding="utf-8"))
        tokens = {name: _token(stack.airflow_url, name, passwords[name]) for name in (OPERATOR, *readers)}
        yield Server(stack.airflow_url, tokens, child_environment(layout, stack.exports))


def _token(url: str, user: str, password: str) -> str:
    import httpx

    body = {"username": user, "password": password}
    answer = httpx.post(f"{url}/auth/token", json=body, timeout=30, trust_env=False)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token
