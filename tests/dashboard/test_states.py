"""What the page shows when all is well, when something is wrong, when there is nothing, and when it cannot know."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility_faults, overflow, settled, turn
from tests.dashboard import quality_samples, samples

VIEWS = ["", "?view=incidents", f"?incident={samples.INCIDENT}", "?view=thresholds",
         "?view=thresholds&alert_type=delivery_rate_critical", "?view=silences", "?view=channels",
         "?view=users&user=user-17", "?view=data",
         "?view=quality", f"?view=quality&run={quality_samples.GATE}",
         "?view=thresholds&alert_type=outbox_stuck"]  # fmt: skip


def test_the_overview_says_in_words_what_is_wrong(visit):
    page = visit()
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "Delivery is failing at carrier T-Mobile since 14:00 UTC."
    )
    expect(page.get_by_text("last week 17,690")).to_be_visible()
    expect(page.get_by_text("−5.3 points")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator(".drawing[data-drawn]").first).to_be_visible()


def test_a_chart_is_described_and_has_its_numbers_as_a_table(visit):
    chart = visit().get_by_role("figure", name="Messages sent")
    expect(chart.get_by_role("img")).to_have_attribute("aria-label", re.compile("last 24 hours"))
    chart.get_by_role("button", name="Show as table").click()
    expect(chart.get_by_role("columnheader")).to_have_text(["Time", "Sent", "Delivered"])
    expect(chart.get_by_role("row")).to_have_count(25)
    chart.get_by_role("button", name="Show as chart").click()
    expect(chart.get_by_role("img")).to_be_visible()


def test_the_numbers_stand_under_the_pointer(visit):
    page = visit()
    settled(page)  # what comes late would move it from under the pointer
    canvas = page.locator(".chart-delivery_rate canvas")
    canvas.hover(position={"x": 300, "y": 90})
    expect(page.locator(".tooltip")).to_contain_text("Delivered")


@pytest.mark.parametrize("width", [360, 1100, 1600])
def test_a_chart_is_as_wide_as_it_was_drawn(visit, width):
    """A style of the page that meets Vega's elements would squeeze it, and move its hours from under the pointer."""
    page = visit(width=width)
    settled(page)
    for canvas in page.locator("canvas").all():
        asked, shown = canvas.evaluate("element => [parseFloat(element.style.width), element.clientWidth]")
        assert shown == pytest.approx(asked, abs=1)


def test_range_and_carrier_stand_in_the_address(visit, api):
    page = visit()
    page.get_by_role("radio", name="7 days").check(force=True)
    page.get_by_label("Messages of").select_option(label="T-Mobile · 5,120 messages")
    expect(page.get_by_text("Carrier T-Mobile", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{api.url}?range=7d&dimension=carrier&value=T-Mobile")
    page.reload()
    expect(page.get_by_role("radio", name="7 days")).to_be_checked()
    expect(page.get_by_text("Carrier T-Mobile", exact=True)).to_be_visible()


def test_the_gravest_incident_comes_first_then_what_nobody_looks_after(visit, api):
    api.answers["incidents"] = [
        samples.incident(id=str(number), entity=entity, severity=severity, triggered_at=samples.ago(hours=number),
                         acknowledged_at=acknowledged and samples.ago(minutes=1), acknowledged_by=acknowledged)
        for number, (entity, severity, acknowledged) in enumerate([
            ("fifth", "info", None), ("fourth", "warning", "ann"), ("third", "critical", "ann"),
            ("first", "critical", None), ("second", "critical", None)])
    ]  # fmt: skip
    page = visit()
    order = ["first", "second", "third", "fourth", "fifth"]
    expect(page.get_by_role("article").locator(".entity")).to_have_text([f" · {name}" for name in order])


def test_a_change_of_many_times_is_said_so(visit, api):
    overview = samples.overview("healthy")
    overview["today"]["items"][0] |= {"value": 3_640, "last_week": 20, "change_percent": 18_100}
    api.answers["overview"] = overview
    page = visit()
    expect(page.get_by_text("×\N{NO-BREAK SPACE}182", exact=True)).to_be_visible()


def test_alone_it_leads_back_to_airflow(visit, api):
    link = visit().get_by_role("banner").get_by_role("link", name="Airflow")
    expect(link).to_have_attribute("href", f"{api.origin}/airflow/")
    framed = visit(url=f"{api.origin}/airflow/plugin").frame_locator("iframe")
    expect(framed.get_by_role("heading", name="SMS Monitoring")).to_be_visible()
    expect(framed.get_by_role("link", name="Airflow", exact=True)).to_have_count(0)


def test_a_window_into_the_next_day_says_both_days(visit, api):
    wanted = {"window_start": "2025-11-20T16:00:00Z", "timeline": [], "timeline_is_whole": True}
    for end, said in (
        ("2025-11-20T17", "20 Nov 2025 16:00 to 17:00"),
        ("2025-11-21T16", "20 Nov 2025 16:00 to 21 Nov 2025 16:00"),
    ):
        api.answers[f"incidents/{samples.INCIDENT}"] = samples.incident(**wanted, window_end=f"{end}:00:00Z")
        expect(visit(f"?incident={samples.INCIDENT}").get_by_text(f"{said} UTC")).to_be_visible()


def test_without_data_it_says_what_to_do(visit, api):
    api.reset("no_data")
    page = visit()
    expect(page.get_by_text("There are no numbers yet")).to_be_visible()
    expect(page.get_by_role("link", name="Open the DAG")).to_have_attribute(
        "href", f"{api.origin}/airflow/dags/sms_hourly_monitoring"
    )
    # Nothing was judged, so nothing is said to be well.
    expect(page.get_by_text("Nothing is wrong")).to_have_count(0)


def test_old_numbers_are_marked_as_such(visit, api):
    api.reset("stale")
    page = visit()
    expect(page.get_by_role("heading", name="Numbers are 6 hours old")).to_be_visible()
    expect(page.get_by_role("link", name="Open the DAG in Airflow")).to_be_visible()


def test_what_fails_says_so_and_the_rest_goes_on(visit, api, expected_complaints):
    expected_complaints.append("Failed to load resource")
    api.failures = {"overview": 503, "charts/volume": 500, "charts/latency": 429}
    page = visit()
    expect(page.get_by_text("The metrics database is away")).to_be_visible()
    expect(page.get_by_text("Could not load the chart “Messages sent”")).to_be_visible()
    expect(page.get_by_role("button", name="Try again in")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    api.failures = {}
    page.get_by_role("alert").filter(has_text="database is away").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Delivery is failing")).to_be_visible()


def test_a_viewer_has_no_buttons_and_is_told_why(visit, api):
    api.user = samples.me(may_act=False)
    page = visit()
    expect(page.get_by_text("You may look, not acknowledge, resolve or silence")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    page = visit("?view=thresholds&alert_type=delivery_rate_critical")
    said = "You may try values here. Saving needs permission to edit the DAG sms_hourly_monitoring."
    expect(page.get_by_text(said)).to_be_visible()


def test_who_may_not_read_sees_their_own_numbers_only(visit, api):
    api.user = samples.me(may_act=False, may_read=False)
    page = visit()
    expect(page.get_by_text("You may see only your own numbers")).to_be_visible()
    expect(page.get_by_role("heading", name="Your messages")).to_be_visible()
    settled(page)
    assert {path.partition("?")[0] for _, path, _ in api.requests} == {"me", "user"}


def test_a_session_that_ended_leads_to_the_login_and_back(visit, api, expected_complaints):
    expected_complaints.append("Failed to load resource")
    page = visit("?view=silences")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    api.failures = {"silences": 401}
    api.say("silence", {"id": 7})
    link = page.get_by_role("link", name="Log in").first
    login = f"{api.origin}/airflow/api/v2/auth/login?next=http"
    expect(link).to_have_attribute("href", re.compile(f"^{re.escape(login)}"))
    expect(link).to_have_attribute("target", "_top")


@pytest.mark.parametrize("query", VIEWS)
def test_every_view_is_accessible_and_nothing_sticks_out(visit, query):
    page = visit(query, width=360)
    for theme, width in (("light", 360), ("dark", 1280)):
        turn(page, theme, width)
        assert overflow(page) == []
        assert accessibility_faults(page) == []
