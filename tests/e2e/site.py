"""The running Airflow that the tests visit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import expect

from sms_monitoring import db as sms_db
from tests.browser import settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import FrameLocator, Locator, Page

    from sms_monitoring.db import Connection

API = "/api/sms/metrics"
# Where Airflow shows the dashboard; what follows is the page's own path and query.
SHELL = "/plugin/sms-monitoring"
DASHBOARD = f"{API}/dashboard/"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where everything is.

    :param url: of Airflow, with its base path and without a slash at the end.
    :param passwords: user → password.
    :param metrics_uri: libpq URI of the database whose numbers the dashboard shows.
    :param exports: the environment that Airflow runs in.
    """

    url: str
    passwords: Mapping[str, str]
    metrics_uri: str
    exports: Mapping[str, str]

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def base_path(self) -> str:
        """Where Airflow is served below the origin, such as ``/airflow``."""
        return urlsplit(self.url).path

    @property
    def api(self) -> str:
        """URL of the bundle's API."""
        return self.url + API

    def token(self, user: str) -> str:
        """A Bearer token, as the user gets it from Airflow."""
        body = {"username": user, "password": self.passwords[user]}
        answer = httpx.post(f"{self.url}/auth/token", json=body, trust_env=False, timeout=30)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token

    def client(self, user: str) -> httpx.Client:
        """A program that talks to the bundle's API as ``user``."""
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        return httpx.Client(base_url=self.api, headers=headers, trust_env=False, timeout=30)

    def database(self) -> Connection:
        """An autocommit connection to the metrics database; close it."""
        return sms_db.connect(self.metrics_uri)


def log_in(page: Page, site: Site, user: str) -> None:
    """Fill in Airflow's login form, which must be on the page."""
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(site.passwords[user])
    page.get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).click()


def airflow_home(page: Page) -> Locator:
    """The first entry of Airflow's navigation: it shows that somebody is logged in."""
    return page.get_by_test_id("nav-home-link")


def in_airflow(site: Site, query: str) -> str:
    """Where Airflow shows the dashboard with this query: its address names the frame's."""
    return f"{SHELL}{site.base_path}{DASHBOARD}?{query}"


def dashboard_in(page: Page) -> FrameLocator:
    """The dashboard inside Airflow's page."""
    return page.frame_locator("iframe")


def all_charts_drawn(dashboard: FrameLocator | Page) -> None:
    """Wait until every chart has something on it, and what it was asked for last."""
    expect(dashboard.get_by_role("figure").first).to_be_visible()
    settled(dashboard)
    expect(drawn_charts(dashboard)).to_have_count(dashboard.get_by_role("figure").count())


def drawn_charts(dashboard: FrameLocator | Page) -> Locator:
    """The charts that have something on them: pictures with a description in words."""
    return dashboard.get_by_role("img").and_(dashboard.locator("[data-drawn]"))
