"""The page in a real browser, on an API that says what the test wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import Console, launched, page_of
from tests.dashboard.fake_api import FakeApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page


# Not for the session: while it is open, an event loop runs in this thread, and other tests have loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """As it is at first: a carrier fails, and the user may act. One for each test: no late request is another's."""
    api = FakeApi()
    yield api
    api.close()


@pytest.fixture
def expected_complaints() -> list[str]:
    """Texts of console errors that a test expects: Chromium logs every answer that is an error."""
    return []


@pytest.fixture
def visit(browser: Browser, api: FakeApi, expected_complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """``visit("?view=incidents", width=360)``: the page, once it shows what it asked for.

    At the end nothing may have complained: no exception, no console error, no breach of the security policy.
    """
    contexts = []

    def go(query: str = "", *, width: int = 1280, theme: str = "light", url: str | None = None) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        contexts.append((context, Console(context)))
        page = page_of(context)
        page.goto(url or api.url + query)
        page.wait_for_selector("main h2, main .failure, main .empty" if url is None else "iframe")
        return page

    yield go
    complaints = [fault for _, console in contexts for fault in console.without(*expected_complaints)]
    for context, _ in contexts:
        context.close()
    assert complaints == []
