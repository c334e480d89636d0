"""At a glance: the page in Airflow's navigation, what it says, its charts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.site import SHELL, airflow_home, all_charts_drawn, dashboard_in


def test_the_navigation_leads_to_the_page(visit, keep):
    page = visit("oncall", "/")
    airflow_home(page).wait_for()
    page.get_by_role("link", name="SMS Monitoring").click()
    page.wait_for_url(re.compile("/airflow/plugin/sms-monitoring"))
    dashboard = dashboard_in(page)
    expect(dashboard.get_by_role("heading", name="SMS Monitoring")).to_be_visible()
    expect(dashboard.get_by_role("heading", level=2).first).not_to_be_empty()
    expect(dashboard.get_by_text(re.compile("Newest complete hour ends"))).to_be_visible()
    expect(dashboard.get_by_text("Live", exact=True)).to_be_visible()
    all_charts_drawn(dashboard)
    keep(page, "overview-24h")


def test_a_longer_range_redraws_the_charts_and_stands_in_the_address(visit, keep):
    dashboard = page = visit()
    all_charts_drawn(dashboard)
    with page.expect_response(re.compile(r"/charts/delivery_rate\?range=7d")) as answer:
        dashboard.get_by_role("radio", name="7 days").check(force=True)
    assert answer.value.status == 200
    all_charts_drawn(dashboard)
    page.wait_for_url(re.compile(r"\?range=7d"))
    keep(page, "overview-7d")


def test_a_chart_shows_its_numbers_as_a_table(visit):
    dashboard = visit()
    dashboard.get_by_role("button", name=re.compile("^Show as table.*: Delivery rate$")).click()
    table = dashboard.get_by_role("figure", name="Delivery rate", exact=True).get_by_role("table")
    expect(table.get_by_role("row").nth(20)).to_be_attached()


def test_one_carrier_alone(visit):
    dashboard = page = visit()
    picker = dashboard.get_by_role("combobox").first
    with page.expect_response(re.compile("/charts/delivery_rate.*dimension=carrier")) as answer:
        picker.select_option(index=1)
    assert answer.value.status == 200
    expect(dashboard.get_by_role("heading", name="Charts")).to_be_visible()


def test_the_link_to_the_run_leaves_the_frame(visit, watch):
    page = visit("oncall", SHELL)
    link = dashboard_in(page).get_by_role("link", name=re.compile("DAG run|Open the DAG"))
    link.click()
    page.wait_for_url(re.compile("/airflow/dags/sms_hourly_monitoring"))
    expect(page.locator("iframe")).to_have_count(0)
