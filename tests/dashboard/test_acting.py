"""What people do on the page: by mouse, by keyboard, and what the API is asked for then."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import accessibility_faults, settled
from tests.dashboard import samples

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def asked(api, method):
    return [(path, body) for verb, path, body in api.requests if verb == method]


def test_acknowledge_by_keyboard_with_a_note(visit, api):
    page = visit()
    button = page.get_by_role("article").first.get_by_role("button", name=re.compile("^Acknowledge"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Acknowledge").get_by_label("Note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Acknowledge").get_by_label("Note")).to_be_focused()
    page.keyboard.type("Watching")
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#told")).to_have_text("Acknowledged: SMS delivery rate is low: T-Mobile")
    assert asked(api, "POST") == [(f"incidents/{samples.INCIDENT}/acknowledge", {"note": "Watching"})]


def test_a_silence_needs_a_reason_and_has_an_author(visit, api):
    page = visit()
    page.get_by_role("article").first.get_by_role("button", name=re.compile("^Silence")).click()
    dialog = page.get_by_role("dialog", name="Silence")
    expect(dialog.get_by_label("Author")).to_have_value("ann")
    assert accessibility_faults(page) == []
    dialog.get_by_role("button", name="Silence", exact=True).click()
    assert asked(api, "POST") == []  # the browser asks for the reason
    dialog.get_by_label("Reason").fill("Carrier works on it")
    dialog.get_by_label("For how long").select_option(label="1 hour")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog).to_have_count(0)
    wanted = {"author": "ann", "reason": "Carrier works on it", "duration_minutes": 60}
    assert asked(api, "POST") == [(f"incidents/{samples.INCIDENT}/silence", wanted)]


def test_a_silence_of_every_alert_is_chosen_not_given(visit, api):
    page = visit("?view=silences")
    page.get_by_role("button", name="New silence").click()
    dialog = page.get_by_role("dialog", name="Silence")
    dialog.get_by_label("Reason").fill("The provider moves")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    assert asked(api, "POST") == []  # the browser asks for the alert
    dialog.get_by_label("Alert").select_option(label="Every alert")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog).to_have_count(0)
    [(path, body)] = asked(api, "POST")
    assert (path, body["alert_type"]) == ("silences", "*")


def test_the_link_to_an_incident_can_be_copied_by_hand(visit, api):
    page = visit(f"?view=incidents&range=7d&incident={samples.INCIDENT}")
    # As in a page without https.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label("Link to this incident")
    expect(field).to_have_value(f"{api.url}?incident={samples.INCIDENT}")
    expect(field).to_be_focused()
    assert page.evaluate("getSelection().toString()") == field.input_value()


def test_what_the_api_refuses_stays_in_the_dialog(visit, api, expected_complaints):
    expected_complaints.append("Failed to load resource")
    api.failures = {f"incidents/{samples.INCIDENT}/resolve": 429}
    page = visit()
    page.get_by_role("article").first.get_by_role("button", name=re.compile("^Resolve")).click()
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("More than 600 requests in 60 seconds.")


def test_a_threshold_is_tried_on_the_history_before_it_is_saved(visit, api):
    page = visit("?view=thresholds")
    page.get_by_role("link", name="Edit SMS delivery rate is low").click()
    page.get_by_label(re.compile("^Threshold")).last.fill("94")
    expect(page.get_by_text("changed", exact=True)).to_be_visible()
    expect(page.get_by_text("Not tried on the history yet")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("This would have fired 4 times in 90 days")).to_be_visible()
    expect(page.locator(".drawing[data-drawn]")).to_be_visible()
    [(path, body)] = asked(api, "POST")
    assert path == "thresholds/delivery_rate_critical/replay"
    assert body["changes"] == {"threshold_value": 94}
    expect(page.get_by_text("Not tried on the history yet")).to_have_count(0)
    page.get_by_label("Note").fill("Earlier is better")
    page.get_by_role("button", name="Save 1 change").click()
    expect(page.locator("#told")).to_have_text("Saved: SMS delivery rate is low")
    wanted = {"changes": {"threshold_value": 94}, "note": "Earlier is better"}
    assert asked(api, "PATCH") == [("thresholds/delivery_rate_critical", wanted)]
    expect(page.get_by_role("button", name="Nothing to save")).to_be_disabled()
    # What was tried before is not what is there now.
    expect(page.get_by_text("This would have fired")).to_have_count(0)
    expect(page.get_by_text("What would it have said?")).to_be_visible()


def test_edits_survive_that_somebody_else_was_faster(visit, api, expected_complaints):
    expected_complaints.append("Failed to load resource")
    page = visit("?view=thresholds&alert_type=delivery_rate_critical")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.get_by_label(re.compile("^Threshold")).last.fill("94")
    api.failures = {"thresholds/delivery_rate_critical": 412}
    page.get_by_role("button", name="Save 1 change").click()
    expect(page.get_by_text("Somebody changed this threshold meanwhile")).to_be_visible()
    api.failures = {}
    api.answers["thresholds/delivery_rate_critical"] = samples.threshold(version="v2", cooldown_minutes=15)
    api.say("threshold", {"alert_type": "delivery_rate_critical"})
    page.get_by_role("button", name="Take the new values, keep my edits").click()
    expect(page.get_by_label("Cooldown")).to_have_value("15")
    expect(page.get_by_label(re.compile("^Threshold")).last).to_have_value("94")
    expect(page.get_by_role("button", name="Save 1 change")).to_be_enabled()


def test_text_of_the_api_stays_text(visit, api):
    api.answers["incidents"] = [
        samples.incident(message=HOSTILE, entity=HOSTILE, title=HOSTILE, runbook_url="javascript:alert(3)")
    ]
    api.answers["audit"] = [{**samples.audit()[0], "note": HOSTILE, "actor": HOSTILE}]
    page = visit()
    expect(page.get_by_role("article").get_by_text(HOSTILE).first).to_be_visible()
    expect(page.get_by_role("link", name="Runbook")).to_have_count(0)
    page.get_by_role("link", name="Thresholds").click()
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    settled(page)
    expect(page.locator("main img, main script")).to_have_count(0)


def test_a_channel_is_tested_and_the_test_followed(visit, api):
    page = visit("?view=channels")
    page.get_by_role("article").filter(has_text="PagerDuty").first.get_by_role("button").click()
    expect(page.get_by_text("Delivered", exact=True)).to_be_visible()
    assert ("channels/email/test", {}) in asked(api, "POST") or ("channels/pagerduty/test", {}) in asked(api, "POST")


def test_the_export_is_a_link_to_the_api(visit, api):
    page = visit("?view=data")
    expect(page.get_by_label("Table")).to_have_value("sms_metrics_daily")
    page.get_by_label("Table").select_option("sms_alert_history")
    href = page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert href.startswith(f"{api.origin}/airflow/api/sms/metrics/export/sms_alert_history.csv?start_date=")


def test_back_leads_back(visit):
    page = visit()
    page.get_by_role("link", name="Incidents", exact=True).click()
    page.get_by_role("row").get_by_role("link", name="T-Mobile").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_text("A silence holds it back")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("table", name="Incidents")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Today so far")).to_be_visible()
