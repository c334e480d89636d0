"""Chromium for tests: found on the machine, never downloaded. Shared by all tests that look at the page."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

VARIABLE = "SMS_MONITORING_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# --no-sandbox: containers seldom allow Chromium its own; the pages are ours.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--hide-scrollbars")
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
FAULTS = ("serious", "critical")
# For anything that is waited for. Who passes does not wait; a machine with much else to do needs long.
PATIENCE_MS = 45_000
# What is on its way: asked for, asked for again, or being drawn.
PENDING = "[aria-busy=true], .loaded.loading, .drawing:not([data-drawn]):not([hidden])"


def chromium_path() -> str | None:
    """Where Chromium is, None where there is none; the environment variable goes first."""
    return os.environ.get(VARIABLE) or next((found for name in NAMES if (found := shutil.which(name))), None)


def require_chromium() -> str:
    """Where Chromium is. Without one the test is skipped; under CI=true, where nobody reads skips, it fails."""
    path = chromium_path()
    if path is None:
        reason = f"no Chromium on this machine: install chromium or google-chrome, or set {VARIABLE}"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@contextmanager
def launched(**options: Any) -> Iterator[Browser]:
    """A headless Chromium for the length of the block; ``options`` are those of Playwright's ``launch``."""
    path = require_chromium()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS], **options)
        yield browser
        browser.close()


class Console:
    """What a page complained about: console errors (a breach of the content security policy is one), exceptions."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))

    def without(self, *expected: str) -> list[str]:
        """The complaints that contain none of these texts."""
        return [fault for fault in self.faults if not any(text in fault for text in expected)]


def page_of(context: BrowserContext) -> Page:
    """A new page, with patience for whatever is waited for."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def settled(page: Page | FrameLocator) -> None:
    """Wait until the dashboard shows all that it asked for, drawn."""
    from playwright.sync_api import expect

    expect(page.locator("main").locator("h2, .failure, .empty").first).to_be_visible()
    expect(page.locator(PENDING)).to_have_count(0)


def turn(page: Page, theme: Literal["light", "dark"], width: int) -> None:
    """Give the page another theme and width, as a window that moves to another screen, and wait for it to settle."""
    from playwright.sync_api import expect

    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour is looked at on its way to another
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    settled(page)


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds that keeps people out: one line a rule, with the elements it is about."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not as a script element, which the page's policy forbids
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {[node['html'][:160] for node in each['nodes'][:5]]}"
        for each in found["violations"]
        if each["impact"] in FAULTS
    ]


def overflow(page: Page) -> list[str]:
    """Elements that stick out of the page sideways, so that all of it scrolls; empty where nothing does."""
    sticking_out: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
            [...document.querySelectorAll("body *")]
                .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .map((each) => `${each.tagName}.${each.className}`).slice(0, 10)"""
    )
    return sticking_out
