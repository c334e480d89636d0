"""Looking up one user of the product."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.history import one_row


def test_a_user_is_looked_up(visit, metrics, keep):
    user = one_row(
        metrics,
        "SELECT user_id FROM sms_metrics WHERE user_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    )[0]
    dashboard = page = visit("viewer")
    dashboard.get_by_role("navigation", name="Dashboard").get_by_role("link", name="Users").click()
    expect(dashboard.get_by_text("Whose messages?")).to_be_visible()
    dashboard.get_by_label("User ID").fill(str(user))
    dashboard.get_by_role("button", name="Look up").click()
    numbers = dashboard.get_by_role("region", name=f"Messages of {user}")
    expect(numbers.get_by_role("table").get_by_role("row").nth(1)).to_be_visible()
    keep(page, "user")


def test_nobody_of_that_name(visit, keep):
    dashboard = page = visit("viewer")
    dashboard.get_by_role("navigation", name="Dashboard").get_by_role("link", name="Users").click()
    dashboard.get_by_label("User ID").fill("no such user")
    dashboard.get_by_label("User ID").press("Enter")
    expect(dashboard.get_by_text("No messages in these days")).to_be_visible()
    keep(page, "user-unknown")
