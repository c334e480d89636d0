"""One HTTP request: asked once, no redirect followed, nothing logged.

The proxies of the environment are used, as by the other channels' libraries.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sms_monitoring.hooks.patience import OutOfPatienceError, at_most

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage
    from typing import IO

# What is read of an answer, in bytes: enough to say why something was refused.
MAX_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What was answered: ``headers`` by their names in lower case, ``text`` as far as it was read."""

    status: int
    headers: Mapping[str, str]
    text: str


class _NoRedirects(HTTPRedirectHandler):
    """Leaves a redirect as the answer: whoever is meant by it has not been given our secrets."""

    def redirect_request(
        self, _req: Request, _fp: IO[bytes], _code: int, _msg: str, _headers: HTTPMessage, _newurl: str
    ) -> None:
        return None


def post_once(
    url: str, body: bytes, headers: Mapping[str, str], timeout: float, patience: float | None = None
) -> HttpAnswer:
    """POST ``body``; see :func:`ask_once`."""
    return ask_once("POST", url, body, headers, timeout, patience)


def ask_once(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout: float,
    patience: float | None = None,
) -> HttpAnswer:
    """Send one request; any status is an answer, not an error.

    :param url: http or https, as :func:`sms_monitoring.notify.channels.base.is_web_address` wants it.
    :param timeout: seconds for each step on the network.
    :param patience: seconds for all of it, also where the answer comes byte by byte; None: three times ``timeout``.
    :raises urllib.error.URLError: when it did not get there.
    :raises OSError, http.client.HTTPException: when it may have got there, but the answer was lost or took too long.
    """
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - see :param url:
    seconds = 3 * timeout if patience is None else patience
    coming = _Coming(time.monotonic() + seconds)
    try:
        at_most(seconds, lambda: coming.receive(request, timeout))
    except OutOfPatienceError:
        if coming.status is None:
            raise
        # The status is answer enough.
    return coming.answer()


class _Coming:
    """An answer on its way, as far as it has come."""

    def __init__(self, deadline: float) -> None:
        self.status: int | None = None
        self._deadline = deadline
        self._headers: Mapping[str, str] = {}
        self._text = b""

    def receive(self, request: Request, timeout: float) -> None:
        try:
            response = build_opener(_NoRedirects).open(request, timeout=timeout)
        except HTTPError as error:
            response = error
        with response:
            self._headers = {name.lower(): value for name, value in response.headers.items()}
            self.status = int(response.status)
            # The status is answer enough, should the connection break now.
            with suppress(OSError, HTTPException):
                while len(self._text) < MAX_ANSWER and time.monotonic() < self._deadline:
                    # What is there: read() would wait for all of it.
                    part = response.read1(MAX_ANSWER - len(self._text))
                    if not part:
                        break
                    self._text += part

    def answer(self) -> HttpAnswer:
        if self.status is None:
            raise HTTPException("there was no answer")
        return HttpAnswer(self.status, self._headers, self._text.decode("utf-8", "replace"))
