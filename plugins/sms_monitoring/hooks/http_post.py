"""One HTTP request: asked once, no redirect followed, nothing logged.

The proxies of the environment are used, as by the other channels' libraries.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

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


def post_once(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> HttpAnswer:
    """POST ``body``; see :func:`ask_once`."""
    return ask_once("POST", url, body, headers, timeout)


def ask_once(method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> HttpAnswer:
    """Send one request; any status is an answer, not an error.

    :param url: http or https, as :func:`sms_monitoring.notify.channels.base.is_web_address` wants it.
    :param timeout: seconds for each step on the network.
    :raises urllib.error.URLError: when it did not get there.
    :raises OSError, http.client.HTTPException: when it may have got there, but the answer was lost.
    """
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - see :param url:
    try:
        response = build_opener(_NoRedirects).open(request, timeout=timeout)
    except HTTPError as error:
        response = error
    with response:
        text = b""
        # The status is answer enough, should the connection break now.
        with suppress(OSError, HTTPException):
            text = response.read(MAX_ANSWER)
        names = {name.lower(): value for name, value in response.headers.items()}
        return HttpAnswer(int(response.status), names, text.decode("utf-8", "replace"))
