"""Everything by keyboard: no mouse is touched."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.alerts.incidents import incident
from tests.browser import settled
from tests.e2e.site import DASHBOARD


@pytest.fixture
def alert(metrics):
    made = incident(metrics, "llm_cost_spike_warning", "by keyboard")
    yield made
    metrics.execute("DELETE FROM sms_alert_history WHERE id = %s", (made,))


def tab_to(page, locator, limit=80):
    """Press Tab until ``locator`` has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{limit} times Tab does not lead to {locator}")


def test_an_incident_is_acknowledged_without_a_mouse(alert, visit, metrics):
    page = visit("oncall", DASHBOARD)
    card = page.get_by_role("article").filter(has_text="by keyboard")
    expect(card).to_be_visible()
    settled(page)  # what comes late would come between two tabs

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    button = card.get_by_role("button", name=re.compile("^Acknowledge"))
    tab_to(page, button)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Acknowledge")
    expect(dialog.get_by_label(re.compile("^Note"))).to_be_focused()

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.type("No mouse here")
    tab_to(page, dialog.get_by_role("button", name="Acknowledge"))
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Acknowledged by oncall")
    row = metrics.execute("SELECT acknowledged_by FROM sms_alert_history WHERE id = %s", (alert,)).fetchone()
    assert row == ("oncall",)
