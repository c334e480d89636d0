"""The page changes by itself: with the stream, with Airflow's theme, and without either."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import settled
from tests.dashboard import samples


def test_an_incident_appears_without_a_reload_and_is_said_aloud(visit, api):
    api.reset("healthy")
    page = visit()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_text("No incident is open")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    api.scenario = "critical"
    event = {
        "id": samples.INCIDENT,
        "alert_type": "delivery_rate_critical",
        "entity": "T-Mobile",
        "severity": "critical",
    }
    api.say("incident", {**event, "change": "opened"})
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("heading", name="Delivery is failing at carrier T-Mobile")).to_be_visible()
    expect(page.locator("#told")).to_have_text("New critical incident: Delivery rate critical, T-Mobile")
    assert page.evaluate("window.sameDocument")


def test_only_what_changed_is_asked_for_again(visit, api):
    page = visit("?view=silences")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_text("New prompt on trial")).to_be_visible()
    settled(page)
    api.requests.clear()
    with page.expect_response(lambda response: "/silences" in response.url):
        api.say("hour", {"newest_hour": samples.iso(samples.NOW)})
        api.say("silence", {"id": 7})
    assert [path for _, path, _ in api.requests] == ["silences?state=in_effect&limit=25"]


def test_it_says_when_live_updates_are_paused(visit, api, expected_complaints):
    expected_complaints += ["Failed to load resource", "EventSource"]
    api.failures = {"stream": 503}
    page = visit()
    expect(page.get_by_text("Live updates paused, reconnecting")).to_be_visible()
    expect(page.get_by_role("heading", name="Delivery is failing")).to_be_visible()


def test_it_follows_airflows_theme_in_its_sandboxed_frame(visit, api):
    page = visit(url=f"{api.origin}/airflow/plugin?theme=dark")
    frame = page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    page.evaluate("document.documentElement.className = 'light'")
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    expect(frame.locator(".drawing[data-drawn]").first).to_be_visible()


def test_a_link_to_airflow_leaves_the_frame(visit, api):
    page = visit(url=f"{api.origin}/airflow/plugin")
    page.frame_locator("iframe").get_by_role("link", name="Task log").first.click()
    page.wait_for_url(f"{api.origin}/airflow/{samples.incident()['task_log_url']}")
