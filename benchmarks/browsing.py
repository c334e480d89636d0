"""Opens the dashboard in headless Chromium, as a first visitor, and says what that took."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser import ARGUMENTS, chromium_path

from benchmarks.bench import BenchmarkError
from benchmarks.server import API, DASHBOARD, OPERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

    from benchmarks.server import Server

COOKIE = "_token"
STREAM = "/stream"
# The moment of the first frame after which a chart has something on it.
FIRST_CHART = """
(() => {
  const look = () => {
    for (const canvas of document.querySelectorAll("canvas")) {
      if (!canvas.width || !canvas.height) continue;
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      if (pixels.some(value => value)) { window.firstChart = performance.now(); return; }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One first load of the page.

    :param first_chart_ms: from the start of the navigation until a chart was drawn.
    :param bytes_by_kind: bytes over the wire, headers too, by kind: document, script, data …
    :param asked: what the page asked of the API, without the live stream, in order.
    """

    first_chart_ms: float
    bytes_by_kind: dict[str, int]
    asked: list[str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that forgets everything between visits."""

    chromium: Chromium
    server: Server

    def open(self) -> Visit:
        """Open the dashboard with the longest range, and wait until everything is there."""
        context = self.chromium.new_context(viewport={"width": 1440, "height": 1000})
        try:
            context.add_cookies([{"name": COOKIE, "value": self.server.tokens[OPERATOR], "url": self.server.url}])
            context.add_init_script(FIRST_CHART)
            page = context.new_page()
            wire = _Wire(page)
            page.goto(f"{self.server.url}{DASHBOARD}?range=90d")
            page.locator("[data-drawn] canvas").first.wait_for(timeout=60_000)
            for chart in page.get_by_role("figure").all():
                chart.locator("[data-drawn] canvas").wait_for(timeout=60_000)
            wire.wait_until_quiet(page)
            return Visit(float(page.evaluate("window.firstChart")), dict(wire.bytes_by_kind), wire.asked)
        finally:
            context.close()


class _Wire:
    """What went over it, by Chromium's own count."""

    def __init__(self, page: Page) -> None:
        self.bytes_by_kind: Counter[str] = Counter()
        self.asked: list[str] = []
        self._kinds: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", lambda event: self._kinds.pop(event["requestId"], None))

    def wait_until_quiet(self, page: Page) -> None:
        """Until every request but the stream is answered."""
        for _ in range(600):
            if not self._kinds:
                return
            page.wait_for_timeout(50)
        raise BenchmarkError(f"the page still waits for: {', '.join(self._kinds.values())}")

    def _sent(self, event: dict[str, Any]) -> None:
        parts = urlsplit(event["request"]["url"])
        path = parts.path.removeprefix(API)
        if path == STREAM:
            return
        is_data = event.get("type") in ("Fetch", "XHR")
        if is_data:
            self.asked.append(path + (f"?{parts.query}" if parts.query else ""))
        self._kinds[event["requestId"]] = "data" if is_data else event.get("type", "other").lower()

    def _finished(self, event: dict[str, Any]) -> None:
        kind = self._kinds.pop(event["requestId"], None)
        if kind is not None:
            self.bytes_by_kind[kind] += int(event["encodedDataLength"])


@contextmanager
def browsing(server: Server) -> Iterator[Visitor]:
    """A visitor of the server.

    :raises BenchmarkError: where there is no Chromium.
    """
    program = chromium_path()
    if program is None:
        raise BenchmarkError("the dashboard's figures need Chromium: install the package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        try:
            yield Visitor(chromium, server)
        finally:
            chromium.close()
