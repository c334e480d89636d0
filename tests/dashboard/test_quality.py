"""The view of data quality: what was checked, what did not pass, and where else the page says that data is bad."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility_faults, overflow, settled, turn
from tests.dashboard import quality_samples, samples


def test_it_says_in_a_sentence_whether_the_numbers_can_be_trusted(visit):
    page = visit("?view=quality")
    expect(page.get_by_role("heading", level=2).first).to_have_text(quality_samples.SAID)
    expect(page.get_by_text("1 other hour is not judged, either")).to_be_visible()
    gate = page.get_by_role("region", name="Hourly gate")
    expect(gate.get_by_text("20 passed, 1 failed, 1 warning, 1 could not be run")).to_be_visible()
    expect(gate.get_by_text("0.8 s")).to_be_visible()


def test_a_failed_check_says_why_it_matters_who_mends_it_and_shows_a_masked_sample(visit):
    check = visit("?view=quality").get_by_role("article").first
    expect(check.get_by_text("Critical", exact=True)).to_be_visible()
    expect(check.get_by_text("A message cannot be delivered that was not sent")).to_be_visible()
    for fact in ("3 of 96", "data-engineering", "sms_metrics_hourly.delivered_at_most_sent"):
        expect(check.get_by_text(fact)).to_be_visible()
    check.get_by_text("Sample of the rows").click()
    expect(check.get_by_role("columnheader")).to_have_text(
        ["metric_hour", "dimension", "dimension_value", "sent", "delivered"]
    )
    expect(check.get_by_text("‹text of 8 characters, #3fa9c2›")).to_be_visible()
    check.get_by_text("How it is checked").click()
    expect(check.get_by_text("UnexpectedRowsExpectation")).to_be_visible()


def test_what_was_seen_is_rounded(visit):
    check = visit("?view=quality").get_by_role("article").filter(has_text="Volume as in past weeks")
    check.get_by_text("How it is checked").click()
    expect(check.get_by_text("unexpected percent 14.29, missing count 0")).to_be_visible()


def test_the_gravest_of_both_plans_come_first_and_what_could_not_be_run_is_no_pass(visit):
    articles = visit("?view=quality").get_by_role("article")
    expect(articles.get_by_role("heading")).to_have_text(
        ["Delivered at most sent", "Columns as in the contract", "Volume as in past weeks", "View is fresh"]
    )
    expect(articles.nth(1).get_by_text("Could not be run")).to_be_visible()
    expect(articles.nth(1).get_by_text('column "occurred_at" does not exist')).to_be_visible()


def test_hours_that_are_not_judged_lead_to_what_failed(visit, api):
    page = visit("?view=quality")
    row = page.get_by_role("region", name="Hours that are not judged").get_by_role("row").nth(1)
    expect(row).to_contain_text("14:00 to 15:00")
    expect(row).to_contain_text("Delivered at most sent")
    row.get_by_role("link", name="What failed").click()
    expect(page.get_by_role("heading", name="Hourly gate")).to_be_visible()
    expect(page).to_have_url(f"{api.url}?view=quality&run={quality_samples.GATE}")
    expect(page.get_by_role("region", name="What passed").get_by_role("rowheader")).to_have_text(
        ["Keys are unique", "Values are not negative", "No hour of the future"]
    )
    page.get_by_role("link", name="Data quality").last.click()
    expect(page.get_by_role("region", name="Daily full run")).to_be_visible()


def test_each_mark_of_the_last_day_is_a_link_that_says_how_that_hour_ended(visit):
    marks = (
        visit("?view=quality").get_by_role("list", name="Hourly gate, the last 24 hours checked").get_by_role("link")
    )
    expect(marks).to_have_count(24)
    expect(marks.last).to_have_attribute("aria-label", re.compile("UTC: Failed$"))
    expect(marks.nth(4)).to_have_attribute("aria-label", re.compile("UTC: Broke off$"))
    marks.last.click()
    expect(marks.page.get_by_role("heading", name="What did not pass")).to_be_visible()


def test_the_data_docs_are_linked_when_there_are_any(visit, api):
    link = visit("?view=quality").get_by_role("link", name="Data Docs")
    expect(link).to_have_attribute("href", f"{api.origin}/airflow/api/sms/metrics/quality/docs/")
    api.reset("no_data")
    expect(visit("?view=quality").get_by_text("No Data Docs so far")).to_be_visible()


def test_runs_of_one_plan(visit, api):
    page = visit("?view=quality")
    runs = page.get_by_role("region", name="Runs", exact=True)
    expect(runs.get_by_text("Broke off", exact=True)).to_be_visible()
    runs.get_by_role("radio", name="Full").check(force=True)
    expect(runs.locator("tbody tr")).to_have_count(1)
    assert ("GET", "quality/runs?plan=full&limit=10", None) in api.requests


def test_all_is_well(visit, api):
    api.reset("healthy")
    page = visit("?view=quality")
    expect(page.get_by_role("heading", name="The newest numbers passed all checks.")).to_be_visible()
    expect(page.get_by_text("Every check passed")).to_be_visible()
    expect(page.get_by_text("Every hour that was checked is judged.")).to_be_visible()


def test_checks_that_are_overdue_and_one_that_broke_off_are_said(visit, api):
    api.reset("stale")
    page = visit("?view=quality")
    expect(page.get_by_text("The next one is 5 h overdue")).to_be_visible()
    expect(page.get_by_text("broke off without a result")).to_be_visible()


def test_before_the_first_check_nothing_is_said_to_be_well(visit, api):
    api.reset("no_data")
    page = visit("?view=quality")
    expect(page.get_by_role("heading", name="Nothing has been checked so far.")).to_be_visible()
    expect(page.get_by_role("link", name="Open the DAG").last).to_have_attribute(
        "href", f"{api.origin}/airflow/dags/sms_daily_quality"
    )
    expect(page.get_by_text("passed", exact=False)).to_have_count(0)


def test_when_it_cannot_be_had_it_says_so_and_the_rest_goes_on(visit, api, expected_complaints):
    expected_complaints.append("Failed to load resource")
    api.failures = {"quality/bad-hours": 503}
    page = visit("?view=quality")
    expect(page.get_by_text("The metrics database is away")).to_be_visible()
    expect(page.get_by_role("region", name="Hourly gate")).to_be_visible()


def test_it_changes_by_itself_when_the_gate_is_done(visit, api):
    page = visit("?view=quality")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    api.scenario = "healthy"
    api.say("quality", {"checked_at": samples.iso(samples.NOW)})
    expect(page.get_by_role("heading", name="The newest numbers passed all checks.")).to_be_visible()


def test_what_the_product_stores_is_text_and_never_markup(visit, api):
    hostile = '<img src=x onerror="alert(1)">'
    found = quality_samples.quality("critical")
    found["plans"][0]["problems"][0] |= {
        "observed": {"a": hostile},
        "failing_rows": [{hostile: hostile}],
        "error": hostile,
    }
    api.answers["quality"] = found
    page = visit("?view=quality")
    page.get_by_text("Sample of the rows").first.click()
    expect(page.get_by_role("columnheader", name=hostile)).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)


# ── Elsewhere ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("details", "said"), [([], quality_samples.SAID), ([quality_samples.SAID], "The numbers below are in doubt.")]
)
def test_the_overview_says_that_the_numbers_are_in_doubt_once(visit, api, details, said):
    overview = samples.overview("critical")
    overview["health"]["details"] = details
    overview["freshness"]["quality"] = quality_samples.SAID
    api.answers["overview"] = overview
    page = visit()
    expect(page.get_by_text(quality_samples.SAID)).to_have_count(1)
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("link", name="What failed").click()
    expect(page.get_by_role("region", name="Hourly gate")).to_be_visible()


def test_an_alert_without_data_says_that_its_data_is_bad(visit, api):
    api.answers["thresholds"] = [samples.threshold(state="no_data", reason="bad_data", current_value=None)]
    link = visit("?view=thresholds").get_by_role("link", name="Its data failed quality checks")
    expect(link).to_be_visible()
    link.click()
    expect(link.page.get_by_role("region", name="Hourly gate")).to_be_visible()
    api.answers["thresholds/delivery_rate_critical"] = api.answers["thresholds"][0]
    page = visit("?view=thresholds&alert_type=delivery_rate_critical")
    expect(page.get_by_text("Its data failed quality checks")).to_be_visible()


def test_alerts_on_the_monitoring_stand_apart_and_are_not_tried_on_the_history(visit, api):
    page = visit("?view=thresholds")
    own = page.get_by_role("region", name="The monitoring itself")
    expect(own.get_by_role("rowheader")).to_contain_text(["outbox_stuck", "quality_checks_late"])
    own.get_by_role("link", name="Notifications are stuck", exact=True).click()
    expect(page.get_by_text("Cannot be tried on the history")).to_be_visible()
    expect(page.get_by_role("link", name="Runbook")).to_have_attribute(
        "href", f"{api.origin}/airflow/api/sms/metrics/runbooks/outbox_stuck"
    )
    page.get_by_role("spinbutton", name="Threshold").fill("30")
    expect(page.get_by_role("button", name="Save 1 change")).to_be_enabled()
    expect(page.get_by_text("Not tried on the history yet")).to_have_count(0)


@pytest.mark.parametrize("scenario", ["healthy", "stale", "no_data"])
def test_every_state_is_accessible_and_nothing_sticks_out(visit, api, scenario):
    api.reset(scenario)
    page = visit("?view=quality", theme="dark", width=360)
    for theme, width in (("dark", 360), ("light", 1600)):
        turn(page, theme, width)
        assert overflow(page) == []
        assert accessibility_faults(page) == []


def test_an_open_sample_scrolls_by_itself_on_a_phone(visit):
    page = visit("?view=quality", width=360)
    settled(page)
    page.get_by_text("Sample of the rows").first.click()
    assert overflow(page) == []
    assert accessibility_faults(page) == []


def test_a_check_without_past_weeks_says_so(visit, api):
    detail = quality_samples.detail(errors=0, failed_critical=0)
    alone = quality_samples.result("sent_as_usual", status="passed", element_count=1, observed={"missing_count": 1})
    api.answers["quality/runs/" + quality_samples.GATE] = {**detail, "results": [alone]}
    page = visit(f"?view=quality&run={quality_samples.GATE}")
    expect(page.get_by_text("no value to look at")).to_be_visible()
