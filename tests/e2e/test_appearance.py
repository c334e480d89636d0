"""Light and dark with Airflow, from phone to wide screen, for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility_faults, overflow, settled
from tests.e2e.site import DASHBOARD, SHELL, all_charts_drawn, dashboard_in

# As the address has them → as the navigation calls them.
VIEWS = {
    "overview": "Overview", "incidents": "Incidents", "quality": "Data quality", "thresholds": "Thresholds",
    "silences": "Silences", "channels": "Channels", "users": "Users", "data": "Data",
}  # fmt: skip
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 2200, "height": 1200}


def test_it_follows_airflows_theme(visit, keep):
    page = visit("oncall", SHELL)
    dashboard = dashboard_in(page)
    all_charts_drawn(dashboard)
    root = dashboard.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    with page.expect_response(re.compile("/charts/.*theme=dark")):
        page.evaluate("""() => {
            // What Airflow's own switch does: its colour mode in the storage and on its document.
            localStorage.setItem("theme", "dark");
            document.documentElement.classList.remove("light");
            document.documentElement.classList.add("dark");
        }""")
    expect(root).to_have_attribute("data-theme", "dark")
    all_charts_drawn(dashboard)
    keep(page, "overview-dark")


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("wide", WIDE)])
def test_no_view_scrolls_sideways(visit, keep, name, size):
    page = visit(viewport=size)
    all_charts_drawn(page)
    keep(page, f"overview-{name}")
    sticking_out = {}
    for view, words in VIEWS.items():
        page.get_by_role("navigation", name="Dashboard").get_by_role("link", name=words, exact=True).click()
        settled(page)
        if found := overflow(page):
            sticking_out[view] = found
            keep(page, f"{view}-{name}-too-wide")
    assert sticking_out == {}


def test_axe_finds_nothing_grave_in_any_view(visit, metrics, keep):
    page = visit("oncall", f"{DASHBOARD}?range=7d")
    faults = {}
    incident = metrics.execute("SELECT id FROM sms_alert_history ORDER BY triggered_at LIMIT 1").fetchone()[0]
    threshold = "view=thresholds&alert_type=delivery_rate_critical"
    shown = {**{view: f"view={view}" for view in VIEWS}, "incident": f"incident={incident}", "threshold": threshold}
    for name, query in shown.items():
        page.goto(f"{page.url.partition('?')[0]}?{query}")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            settled(page)
            if name == "overview":
                all_charts_drawn(page)
            keep(page, f"{theme}-{name}")
            if found := accessibility_faults(page):
                faults[f"{theme}-{name}"] = found
    assert faults == {}
