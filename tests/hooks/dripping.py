"""A far side that says a byte now and then: no time-out of a socket ever runs out on it."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BETWEEN_BYTES = 0.02
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


@contextmanager
def dripping(at_once: bytes = b"", then: bytes = b"HTTP/1.1 200 OK\r\nX-Long: ") -> Iterator[int]:
    """Port of a far side that takes requests and says the first part at once, the second in drops, and never ends."""
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(at_once)
            for byte in then:
                connection.sendall(bytes([byte]))
                if over.wait(BETWEEN_BYTES):
                    return
            while not over.wait(BETWEEN_BYTES):
                connection.sendall(b"x")

    def listen(listener: socket.socket) -> None:
        with suppress(OSError):
            while not over.is_set():
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, args=(listener,), daemon=True).start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            over.set()
            # Closing alone leaves accept() waiting.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
