"""One POST, one answer, whatever the far side does."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest

from sms_monitoring.hooks.http_post import MAX_ANSWER, post_once
from tests.hooks.dripping import HEADERS, dripping
from tests.notify.far_sides import HttpFarSide, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def far_side() -> Iterator[HttpFarSide]:
    with running(HttpFarSide()) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def post(port: int, timeout: float = 5) -> object:
    return post_once(f"http://127.0.0.1:{port}/", b"{}", {"Content-Type": "application/json"}, timeout)


@pytest.mark.parametrize("status", [200, 201, 302, 400, 404, 429, 500, 503])
def test_every_status_is_an_answer(far_side: HttpFarSide, status: int) -> None:
    far_side.status, far_side.body, far_side.location = status, "words", "http://127.0.0.1:9/"

    answer = post(far_side.port)

    assert (answer.status, answer.text, answer.headers["content-length"]) == (status, "words", "5")
    assert far_side.requests == 1


def test_no_more_is_read_than_is_needed(far_side: HttpFarSide) -> None:
    far_side.body = "x" * (MAX_ANSWER * 3)
    assert len(post(far_side.port).text) == MAX_ANSWER


def test_the_proxy_of_the_environment_is_used(far_side: HttpFarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{far_side.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert post_once("http://alerts.example/x", b"", {}, 5).status == 200
    assert far_side.path == "http://alerts.example/x"


def answering(says: bytes) -> int:
    """Port of a far side that takes a request, says this, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(says)

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("says", "error"),
    [(b"", (OSError, HTTPException)), (b"HTTP/1.1 ", HTTPException), (b"SSH-2.0-OpenSSH\r\n", HTTPException)],
)
def test_what_is_no_answer_is_an_answer_lost(says: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        post(answering(says))
    assert not isinstance(caught.value, URLError), "it may have got there"


def test_a_body_that_breaks_off_takes_nothing_from_the_status() -> None:
    answer = post(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
    assert answer.status == 200


def test_nobody_there_did_not_get_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    with pytest.raises(URLError, match="refused"):
        post(port)


def test_an_answer_that_drips_is_an_answer_lost() -> None:
    with dripping() as port, pytest.raises(TimeoutError, match=r"no answer within 0\.3 s") as caught:
        post(port, timeout=0.1)
    assert not isinstance(caught.value, URLError), "it may have got there"


def test_of_a_body_that_drips_as_much_is_taken_as_came_in_time() -> None:
    with dripping(at_once=HEADERS + b"no such check", then=b"xxx") as port:
        answer = post_once(f"http://127.0.0.1:{port}/", b"", {}, timeout=5, patience=0.3)
    assert answer.status == 200
    assert answer.text.startswith("no such check")
    assert len(answer.text) < 1000
