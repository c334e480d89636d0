"""A real server on a real port, and a client that hears its server-sent events as a browser does."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20


@dataclass(frozen=True)
class Heard:
    """What came between two empty lines."""

    event: str | None = None
    data: Any = None
    id: str | None = None
    retry: str | None = None
    comment: str | None = None


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of ``app`` on a server of its own, in a thread."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=5))
    started = threading.Event()
    real_startup = server.startup

    async def startup(sockets: Any = None) -> None:
        await real_startup(sockets)
        started.set()

    server.startup = startup
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(SECONDS)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(SECONDS)
    assert not thread.is_alive()


@contextmanager
def listening(url: str, **headers: str) -> Iterator[tuple[httpx.Response, Iterator[Heard]]]:
    """The answer, and what is heard on it."""
    with httpx.Client(timeout=SECONDS) as client, client.stream("GET", url, headers=headers) as answer:
        yield answer, _heard(answer)


def _heard(answer: httpx.Response) -> Iterator[Heard]:
    fields: dict[str, Any] = {}
    for line in answer.iter_lines():
        if not line:
            yield Heard(**fields)
            fields = {}
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        fields[name or "comment"] = json.loads(value) if name == "data" else value
    assert not fields


def next_events(heard: Iterator[Heard]) -> tuple[list[tuple[str, Any]], str]:
    """The events up to the next id, and the id."""
    events = []
    for each in heard:
        if each.event:
            events.append((each.event, each.data))
        if each.id:
            return events, each.id
    raise AssertionError("the stream ended")
