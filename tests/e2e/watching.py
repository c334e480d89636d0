"""Notices whatever goes wrong in a browser while a test uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# Chromium also logs most violations as errors; this catches them all, those of reports too.
CSP_LISTENER = """
addEventListener("securitypolicyviolation", event =>
  console.error(`CSP violation: ${event.violatedDirective} blocked ${event.blockedURI}`));
"""
# A request that the page itself gave up: it went elsewhere, or closed its stream.
GIVEN_UP = "net::ERR_ABORTED"
# Chromium says by itself that a request was refused; the response is judged, not the remark.
REMARK = re.compile("Failed to load resource")


@dataclass
class Watch:
    """What went wrong so far.

    :param origin: the only site that a page may talk to.
    :param problems: one line each; a test fails unless it is empty at the end.
    :param expected: patterns of problems that a test provokes.
    """

    origin: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser context."""
        context.add_init_script(CSP_LISTENER)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("request", self._request)
        context.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))

    def expect(self, pattern: str) -> None:
        """A problem that matches this regular expression is what the test wants to see."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The problems that no test asked for."""
        return [each for each in self.problems if not any(re.search(pattern, each) for pattern in self.expected)]

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REMARK.search(message.text):
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._note(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self._note(f"another site: {request.method} {request.url}")
