"""The page itself as the API serves it, on an API that says what a test wants: for looks and behaviour only.

``.venv/bin/python -m tests.dashboard.fake_api [scenario]`` serves it for a look; what the real API says is tested
elsewhere, in a real Airflow.
"""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sms_monitoring.dashboard import page
from tests.dashboard import quality_samples, samples

if TYPE_CHECKING:
    from collections.abc import Callable

# Airflow under a base path, as behind a proxy.
BASE = "/airflow/api/sms/metrics"
SCENARIOS = ("healthy", "critical", "no_data", "stale")
FRAME = """<!doctype html><html lang="en" class="{theme}"><title>Airflow</title>
<body style="margin:0"><iframe title="SMS Monitoring" src="{base}/dashboard/" style="border:0;width:100%;height:100vh"
sandbox="allow-scripts allow-same-origin allow-forms allow-downloads"></iframe></body></html>"""


class FakeApi:
    """A server; what it says can be changed while it runs.

    :ivar scenario: one of :data:`SCENARIOS`.
    :ivar user: what ``/me`` says.
    :ivar failures: the beginning of a path → status: such requests fail.
    :ivar answers: path → data that is answered in place of the sample.
    :ivar requests: (method, path with query, body) of each request to the API.
    """

    def __init__(self) -> None:
        self.reset()
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self, scenario: str = "critical") -> None:
        self.scenario = scenario
        self.user = samples.me()
        self.failures: dict[str, int] = {}
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.listeners: list[queue.Queue[str | None]] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.origin}{BASE}/dashboard/"

    def say(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to whoever listens to the stream, which must be somebody: who is live does."""
        assert self.listeners, "nobody listens: wait until the page is live"
        for listener in self.listeners:
            listener.put(f"event: {event}\ndata: {json.dumps(data)}\n\n")

    def close(self) -> None:
        for listener in self.listeners:
            listener.put(None)
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Status and whole body."""
        status = next((status for start, status in self.failures.items() if path.startswith(start)), None)
        if status is not None:
            message = {429: "More than 600 requests in 60 seconds.", 503: "The metrics database does not answer now."}
            detail = {
                "code": "x",
                "message": message.get(status, "This is a fault of the API."),
                "parameter": None,
                "problems": [],
            }
            return status, {"success": False, "error": detail}
        if path in self.answers:
            return 200, {"success": True, "data": self.answers[path], "next_cursor": None}
        for pattern, handler in ROUTES:
            if found := re.fullmatch(pattern, f"{method} {path}"):
                answer = handler(self, query, body, *found.groups())
                return 200, answer if isinstance(answer, dict) and "success" in answer else {
                    "success": True, "data": answer, "next_cursor": None,
                }  # fmt: skip
        return 404, {
            "success": False,
            "error": {"code": "not_found", "message": "There is nothing here.", "problems": []},
        }


def _incidents(api: FakeApi, query: dict[str, str], *_: Any) -> Any:
    if api.scenario == "no_data":
        return []
    everything = samples.history() if api.scenario == "critical" else samples.history()[2:]
    wanted = query.get("state", "all")
    return [
        each for each in everything
        if (wanted == "all" or (wanted == "open") == (each["resolved_at"] is None))
        and query.get("severity", each["severity"]) == each["severity"]
    ]  # fmt: skip


def _chart(api: FakeApi, query: dict[str, str], _: Any, name: str) -> Any:
    found = samples.chart(name, query.get("range", "24h"), query.get("theme", "light"))
    return {**found, "empty": api.scenario == "no_data"}


def _quality_runs(api: FakeApi, query: dict[str, str], *_: Any) -> Any:
    if api.scenario == "no_data":
        return []
    return [each for each in quality_samples.runs() if query.get("plan", each["plan"]) == each["plan"]]


def _patched(api: FakeApi, _: Any, body: Any, alert_type: str) -> Any:
    saved = samples.threshold(alert_type, **body["changes"], version="v2")
    api.answers[f"thresholds/{alert_type}"] = saved
    return saved


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"GET me", lambda api, *_: api.user),
    (r"GET overview", lambda api, *_: samples.overview(api.scenario)),
    (r"GET incidents", _incidents),
    (r"GET incidents/[^/]+", lambda *_: samples.incident_detail()),
    (r"GET incidents/[^/]+/deliveries", lambda *_: samples.deliveries()),
    (r"POST incidents/[^/]+/(acknowledge|resolve|unacknowledge|escalate)", lambda *_: samples.incident()),
    (r"POST (?:incidents/[^/]+/silence|silences|silences/\d+/end)", lambda *_: samples.silences()[0]),
    (r"GET charts/(\w+)", _chart),
    (r"GET dimensions", lambda *_: {
        "carrier": [{"value": "Verizon", "sent": 8123}, {"value": "T-Mobile", "sent": 5120}],
        "campaign": [{"value": "spring-sale", "sent": 4000}]}),
    (r"GET thresholds", lambda api, *_: [] if api.scenario == "no_data" else samples.thresholds()),
    (r"GET thresholds/(\w+)", lambda _, __, ___, name: next(
        (each for each in samples.thresholds() if each["alert_type"] == name), samples.threshold(name))),
    (r"PATCH thresholds/(\w+)", _patched),
    (r"POST thresholds/\w+/replay", lambda _, __, body: samples.replay(body["changes"], body["theme"])),
    (r"GET quality", lambda api, *_: quality_samples.quality(api.scenario)),
    (r"GET quality/bad-hours", lambda api, *_: quality_samples.bad_hours() if api.scenario == "critical" else []),
    (r"GET quality/runs", _quality_runs),
    (r"GET quality/runs/[^/]+", lambda *_: quality_samples.detail(errors=1, failed_critical=1)),
    (r"GET silences", lambda api, *_: [] if api.scenario == "no_data" else samples.silences()),
    (r"GET channels", lambda *_: samples.channels()),
    (r"POST channels/\w+/test", lambda *_: {"notification_id": 99}),
    (r"GET deliveries/\d+", lambda *_: {**samples.deliveries()[-1], "id": 99, "event": "test"}),
    (r"GET audit", lambda *_: samples.audit()),
    (r"GET user", lambda _, query, __: samples.user_metrics(query.get("user_id", "ann"))),
    (r"GET openapi.json", lambda *_: {"success": True, "paths": {"/export/{table}.csv": {"get": {"parameters": [
        {"name": "table", "schema": {"enum": ["sms_metrics_hourly", "sms_metrics_daily", "sms_alert_history"]}}]}}}}),
]  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    api: FakeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the client to have its headers

    def log_message(self, *_: Any) -> None:
        pass

    def _handle(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/airflow/plugin":
            query = parse_qs(url.query)
            text = FRAME.format(theme=query.get("theme", ["light"])[0], base=BASE)
            self._send(200, text.encode(), {"Content-Type": "text/html"})
        elif url.path.startswith(f"{BASE}/dashboard/"):
            name = url.path.removeprefix(f"{BASE}/dashboard/")
            found = page.page() if name == "" else page.static_file(name.removeprefix("static/"))
            if found is None:
                self._send(404, b"", {})
                return
            headers = {"Content-Type": found.content_type, "Cache-Control": found.cache_control}
            self._send(200, found.content, {**headers, "Content-Security-Policy": page.CONTENT_SECURITY_POLICY})
        elif url.path == f"{BASE}/stream":
            self._stream()
        elif url.path.startswith(f"{BASE}/"):
            path = url.path.removeprefix(f"{BASE}/")
            given = json.loads(body) if body else None
            self.api.requests.append((self.command, f"{path}?{url.query}" if url.query else path, given))
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            status, answer = self.api.answer(self.command, path, query, given)
            headers = {"Content-Type": "application/json", **({"Retry-After": "7"} if status == 429 else {})}
            self._send(status, json.dumps(answer).encode(), headers)
        else:
            self._send(200, f"<title>Airflow</title><h1>{url.path}</h1>".encode(), {"Content-Type": "text/html"})

    do_GET = do_POST = do_PATCH = _handle

    def _stream(self) -> None:
        if (status := self.api.failures.get("stream")) is not None:
            self._send(status, b"", {})
            return
        listener: queue.Queue[str | None] = queue.Queue()
        self.api.listeners.append(listener)  # before the page hears that it is live
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": hello\n\n")
        self.wfile.flush()
        self.close_connection = True
        while (event := listener.get()) is not None:
            try:
                self.wfile.write(event.encode())
                self.wfile.flush()
            except OSError:
                return

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        # A browser that went elsewhere does not wait for the answer.
        with suppress(OSError):
            self.end_headers()
            self.wfile.write(content)


if __name__ == "__main__":
    served = FakeApi()
    served.reset(sys.argv[1] if len(sys.argv) > 1 else "critical")
    print(served.url, flush=True)
    threading.Event().wait()
