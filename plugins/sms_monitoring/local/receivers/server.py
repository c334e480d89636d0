"""Runs the receivers: one event loop, in a background thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sms_monitoring.local.receivers.app import Desk, create_app
from sms_monitoring.local.receivers.client import ReceiversClient
from sms_monitoring.local.receivers.mailserver import mail_session
from sms_monitoring.local.receivers.store import Store
from sms_monitoring.local.receivers.verdict import Channel

HOST = "127.0.0.1"
START_SECONDS = 10


class Receivers(ReceiversClient):
    """All receivers on 127.0.0.1, while the ``with`` block runs.

    :param http_port: port for all channels but mail, control and page; 0: a free one.
    :param smtp_port: port for mail; 0: a free one.
    :param log: JSON Lines file that keeps what arrived over a restart; None: memory only.
    :raises OSError: on entry, when a port is taken.
    """

    def __init__(self, *, http_port: int = 0, smtp_port: int = 0, log: Path | None = None) -> None:
        self._ports = (http_port, smtp_port)
        self._store = Store(log)
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="local-receivers", daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._sockets: list[socket.socket] = []
        self._server: _Server | None = None
        self._desk: Desk | None = None

    def __enter__(self) -> Receivers:
        try:
            for name, port in zip(("http", "smtp"), self._ports, strict=True):
                self._sockets.append(_listen(port, name))
        except OSError:
            self._close_sockets()
            raise
        super().__init__(f"http://{HOST}:{self.http_port}")
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        if not self._ready.wait(START_SECONDS) or self._failure is not None:
            self._close_sockets()
            raise RuntimeError(f"the local receivers did not start within {START_SECONDS} s") from self._failure
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop)
            self._thread.join(START_SECONDS)
        self._close_sockets()

    @property
    def http_port(self) -> int:
        """Port of all channels but mail, of control and page."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def smtp_port(self) -> int:
        """Port of the mail server."""
        return int(self._sockets[1].getsockname()[1])

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # told to the thread that waits in __enter__
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        http, smtp = self._sockets
        connections: dict[tuple[str, int], asyncio.Transport] = {}

        def hang_up(client: tuple[str, int]) -> None:
            if client in connections:  # else the client has gone by itself
                connections[client].abort()

        desk = Desk(store=self._store, smtp_port=self.smtp_port, hang_up=hang_up)
        self._desk = desk
        config = uvicorn.Config(
            create_app(desk),
            http=partial(_Connection, connections),  # type: ignore[arg-type]
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        self._server = _Server(config, self._ready)
        mail = await self._loop.create_server(partial(mail_session, desk.store, desk.faults, self._loop), sock=smtp)
        await self._server.serve(sockets=[http])
        mail.close()
        sessions = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for session in sessions:
            session.cancel()  # mail programs that never said QUIT
        await asyncio.gather(*sessions, return_exceptions=True)

    def _stop(self) -> None:
        if self._server is None or self._desk is None:
            return
        for channel in Channel:
            self._desk.faults.clear(channel)
        self._server.should_exit = True

    def _close_sockets(self) -> None:
        for sock in self._sockets:
            sock.close()
        self._sockets = []


class _Server(uvicorn.Server):
    """Says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class _Connection(H11Protocol):
    """Remembers each open connection by its client's address, so that one can be closed without an answer."""

    def __init__(self, connections: dict[tuple[str, int], asyncio.Transport], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open = connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            self._open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            self._open.pop(self.client, None)
        super().connection_lost(exc)


def _listen(port: int, name: str) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's algorithm off (40 ms an answer) only where it reads it.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        hint = f"port {port} is not free; choose another with --{name}-port, or 0 for a free one"
        raise OSError(error.errno, f"{error.strerror}: {hint}") from error
    return listener
