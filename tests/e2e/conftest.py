"""A real Airflow with a real browser: started once, with some days of history, and stopped at the end.

Everything in this folder runs on one worker; what it keeps is in ``.local/e2e``: logs, and a screenshot of each state.
"""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from sms_monitoring import db as sms_db
from sms_monitoring.local.chain import HOURLY
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.stack import Stack
from sms_monitoring.timeframe import HOUR, floor_hour
from tests.browser import launched, page_of, require_chromium
from tests.conftest import REPOSITORY
from tests.e2e import history
from tests.e2e.site import DASHBOARD, Site, airflow_home, log_in
from tests.e2e.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

    from sms_monitoring.db import Connection
    from sms_monitoring.local.postgres import EmbeddedPostgres

STATE = ".local/e2e"
DATABASE, AIRFLOW_DATABASE = "sms_e2e", "airflow_e2e"
# Served below a path, as behind a company's proxy: whatever forgets it is not found.
BASE_PATH = "/airflow"
COMPONENTS = ("api-server", "dag-processor")
SIZE = {"width": 1440, "height": 1000}


# Not for the session: its DAG processor would compete with all tests that come after.
@pytest.fixture(scope="package")
def site(postgres: EmbeddedPostgres, template: str) -> Iterator[Site]:
    """Airflow's API server and DAG processor with the bundle, over a database with some days of history."""
    require_chromium()  # where there is none, nothing need be started
    postgres.drop_database(DATABASE)
    postgres.create_database(DATABASE, template=template)
    uri = postgres.uri(DATABASE)
    layout = Layout(REPOSITORY, STATE)
    steps = Steps(Console(file=io.StringIO()))
    with Stack(layout, steps, postgres=postgres, metrics_uri=uri, airflow_database=AIRFLOW_DATABASE) as stack:
        stack.start_receivers(fresh=True)
        stack.start_airflow(
            fresh=True,
            start_date=floor_hour(datetime.now(UTC)) - HOUR,
            components=COMPONENTS,
            base_path=BASE_PATH,
            extra={
                "SMS_MONITORING_API_RATE_LIMIT": "100000/minute",
                "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
            },
        )
        with sms_db.connect(uri) as conn:
            history.make_history(conn)
            history.deliver(conn, stack.exports)
        stack.wait_for_airflow({HOURLY})
        stack.api.unpause(HOURLY)  # nothing runs it: there is no scheduler
        yield Site(url=stack.airflow_url, passwords=stack.passwords, metrics_uri=uri, exports=stack.exports)
    for name in (DATABASE, AIRFLOW_DATABASE):
        postgres.drop_database(name)


@pytest.fixture
def metrics(site: Site) -> Iterator[Connection]:
    """An autocommit connection to the database whose numbers the dashboard shows."""
    with site.database() as conn:
        yield conn


# Not for the session: while it is open, an event loop runs in this thread, and other tests have loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the pictures go, emptied first."""
    folder = REPOSITORY / STATE / "screenshots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test when anything went wrong in the browser that the test did not expect."""
    watching = Watch(site.origin)
    yield watching
    assert watching.unexpected() == [], "went wrong in the browser"


@pytest.fixture
def keep(screenshots: Path) -> Callable[[Page | Locator, str], None]:
    """``keep(page, "history")``: a picture for a person to look at."""

    def take(shown: Page | Locator, name: str) -> None:
        shown.screenshot(path=screenshots / f"{name}.png")

    return take


@pytest.fixture(scope="session")
def sessions() -> dict[str, dict]:
    """User → cookies and storage of somebody who logged in."""
    return {}


@pytest.fixture
def visit(
    browser: Browser,
    site: Site,
    watch: Watch,
    sessions: dict[str, dict],
    screenshots: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Page]]:
    """``visit("oncall")``: a page of its own, logged in, showing the dashboard (or ``path``).

    ``visit(None, …)``: nobody is logged in. Other arguments are those of a browser context.
    """
    contexts = []

    def go(user: str | None = "oncall", path: str = DASHBOARD, **options) -> Page:
        storage = _session(browser, site, sessions, user) if user else None
        context = browser.new_context(**{"viewport": SIZE, "storage_state": storage, "locale": "en-GB", **options})
        contexts.append(context)
        watch.over(context)
        page = page_of(context)
        page.goto(site.url + path)
        return page

    yield go
    report = request.node.stash.get(REPORT, None)
    for context in contexts:
        if report is not None and report.failed:
            for page in context.pages:
                page.screenshot(path=screenshots / f"failed-{request.node.name}.png")
        context.close()


REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Remembers how the test went, for a picture of what failed."""
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


def _session(browser: Browser, site: Site, sessions: dict[str, dict], user: str) -> dict:
    """Log in through Airflow's form the first time."""
    if user not in sessions:
        context = browser.new_context(viewport=SIZE)
        page = page_of(context)
        page.goto(f"{site.url}/auth/login")
        log_in(page, site, user)
        airflow_home(page).wait_for()
        sessions[user] = context.storage_state()
        context.close()
    return sessions[user]
