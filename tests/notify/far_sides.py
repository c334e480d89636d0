"""Far sides that answer what a test tells them to, word for word: the local receivers are too well-mannered."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

Server = TypeVar("Server", "HttpFarSide", "SmtpFarSide")


class HttpFarSide(ThreadingHTTPServer):
    """Answers every POST with ``status``, ``body`` and ``location``; counts them, and keeps the last.

    What holds the ``refused`` bytes, if any are set, is answered with 400.
    """

    status = 200
    body = "ok"
    location = ""
    refused = b""
    requests = 0
    path = ""
    last: tuple[Message, bytes]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HttpAnswer)

    @property
    def port(self) -> int:
        return self.server_address[1]


class _HttpAnswer(BaseHTTPRequestHandler):
    server: HttpFarSide

    def do_POST(self) -> None:
        self.server.last = self.headers, self.rfile.read(int(self.headers["Content-Length"]))
        self.server.path = self.path
        self.server.requests += 1
        body = self.server.body.encode()
        refused = self.server.refused and self.server.refused in self.server.last[1]
        self.send_response(400 if refused else self.server.status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class SmtpFarSide(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as it takes, and answers a command of ``answers`` with that line."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SmtpSession)
        self.answers: dict[str, str] = {}

    @property
    def port(self) -> int:
        return self.server_address[1]


class _SmtpSession(socketserver.StreamRequestHandler):
    server: SmtpFarSide

    def handle(self) -> None:
        self._say("greeting", "220 far side")
        while line := self.rfile.readline():
            command = line.split()[0].decode().upper() if line.split() else ""
            if command == "EHLO":
                self._say("EHLO", "250-far side\r\n250 AUTH PLAIN")
            elif command == "DATA" and self._say("DATA", "354 go on"):
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self._say("message", "250 taken")
            elif command == "QUIT":
                self._say("QUIT", "221 bye")
                return
            elif command != "DATA":
                self._say(command, "235 welcome" if command == "AUTH" else "250 fine")

    def _say(self, command: str, usual: str) -> bool:
        """Answer; whether it was the usual answer."""
        said = self.server.answers.get(command, usual)
        self.wfile.write(f"{said}\r\n".encode())
        return said == usual


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, answering, while the block runs."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
