"""Who may do what: a viewer, and nobody."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.alerts.incidents import incident
from tests.e2e.site import DASHBOARD, in_airflow, log_in

ACTIONS = re.compile("^(Acknowledge|Resolve|Silence|Escalate|Edit|Save|New silence)")


@pytest.fixture
def alert(metrics):
    """Id of an open incident, gone at the end: to be asked for before ``visit``, whose page must be closed by then."""
    made = incident(metrics, "opt_out_rate_warning", "for viewers")
    yield made
    metrics.execute("DELETE FROM sms_alert_history WHERE id = %s", (made,))


def test_a_viewer_sees_everything_and_no_way_to_act(alert, visit, site, metrics, watch, keep):
    dashboard = page = visit("viewer")
    expect(dashboard.get_by_role("article").filter(has_text="for viewers")).to_be_visible()
    expect(dashboard.get_by_text("You may look, not")).to_be_visible()
    expect(dashboard.get_by_role("button", name=ACTIONS)).to_have_count(0)
    keep(page, "viewer")
    for view in ("incidents", "thresholds", "silences", "channels"):
        dashboard.get_by_role("navigation", name="Dashboard").get_by_role("link", name=view.title(), exact=True).click()
        expect(dashboard.get_by_text("You may look, not").first).to_be_visible()
        expect(dashboard.get_by_role("button", name=ACTIONS)).to_have_count(0)

    # What the page does not offer the API does not take either, from the viewer's own browser.
    watch.expect(r"403: POST .*/incidents/")
    address = f"{site.api}/incidents/{alert}/acknowledge"
    refused = page.evaluate(
        """address => fetch(address, {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})
            .then(answer => answer.json().then(body => [answer.status, body.error.code]))""",
        address,
    )
    assert refused == [403, "not_allowed"]
    row = metrics.execute("SELECT acknowledged_at FROM sms_alert_history WHERE id = %s", (alert,)).fetchone()
    assert row == (None,)


def test_whoever_is_not_logged_in_comes_back_after_the_login(alert, visit, site, metrics, watch):
    watch.expect("401: GET .*/ui/config")
    page = visit(None, f"{DASHBOARD}?incident={alert}")
    page.wait_for_url(re.compile("/auth/login"))
    back = parse_qs(urlsplit(page.url).query)["next"][0]
    assert back.endswith(f"{DASHBOARD}?incident={alert}")
    log_in(page, site, "viewer")
    page.wait_for_url(re.compile(f"incident={alert}"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("for viewers")


def test_in_airflows_page_too_the_login_comes_first(alert, visit, site, watch):
    watch.expect("401: GET ")
    page = visit(None, in_airflow(site, f"incident={alert}"))
    page.wait_for_url(re.compile("/auth/login"))
    expect(page.get_by_label("Username")).to_be_visible()
