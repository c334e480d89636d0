"""An incident from its appearance to the history."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import history
from tests.e2e.site import DASHBOARD, SHELL, dashboard_in, in_airflow

TITLE = "SMS delivery rate is low"
REASON = "Carrier maintenance, ticket 42"


@pytest.fixture
def quiet(metrics):
    """Nothing is wrong before, and nothing afterwards."""
    yield
    history.mend_newest_hour(metrics)
    metrics.execute("UPDATE sms_alert_silences SET expires_at = now() WHERE expires_at > now()")
    metrics.execute(
        "SELECT sms_alert_resolve(id, 'tests') FROM sms_alert_history WHERE resolved_at IS NULL",
    )


def test_an_incident_appears_by_itself_and_is_acted_on(visit, site, metrics, quiet, keep):
    page = visit("oncall", SHELL)
    dashboard = dashboard_in(page)
    expect(dashboard.get_by_text("Nothing is wrong")).to_be_visible()
    expect(dashboard.get_by_text("Live", exact=True)).to_be_visible()
    keep(page, "nothing-wrong")

    history.fail_newest_hour(metrics)  # no reload from here on
    card = dashboard.get_by_role("article").filter(has_text=TITLE).first
    expect(card).to_be_visible()
    expect(dashboard.get_by_role("heading", level=2).first).to_contain_text(re.compile("failing|low|critical", re.I))
    keep(page, "incident-appeared")

    card.get_by_role("button", name=re.compile("^Acknowledge")).click()
    dialog = dashboard.get_by_role("dialog", name="Acknowledge")
    dialog.get_by_label(re.compile("^Note")).fill("Looking into it")
    keep(page, "acknowledging")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text("Acknowledged by oncall")

    card.get_by_role("button", name=re.compile("^Silence")).click()
    dialog = dashboard.get_by_role("dialog", name="Silence")
    dialog.get_by_label("Reason").fill(REASON)
    dialog.get_by_label("Author").fill("Ann of the night shift")
    dialog.get_by_label("For how long").select_option(label="1 hour")
    keep(page, "silencing")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text(re.compile(rf"Silenced by Ann of the night shift \(logged in as oncall\).*{REASON}"))
    keep(page, "silenced")

    history.mend_newest_hour(metrics)  # it recovers: whom would it tell, and why not?
    history.deliver(metrics, site.exports)
    card.get_by_role("link", name=re.compile("^Details")).click()
    expect(dashboard.get_by_role("heading", level=2).first).to_contain_text(TITLE)
    happened = dashboard.get_by_role("region", name="What happened")
    for said in ("Began", "Acknowledged by oncall", REASON):
        expect(happened).to_contain_text(said)
    told = dashboard.get_by_role("region", name="Who was told")
    expect(told).to_contain_text("PagerDuty")
    expect(told).to_contain_text(re.compile("Held back|Sent"))
    keep(page, "incident")

    dashboard.get_by_role("link", name="Silences").click()
    row = dashboard.get_by_role("row").filter(has_text=REASON)
    expect(row).to_contain_text("In effect")
    keep(page, "silences")
    row.get_by_role("button", name=re.compile("^End")).click()
    dashboard.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(row).to_have_count(0)


def test_the_history_says_who_was_told(visit, keep):
    dashboard = page = visit()
    dashboard.get_by_role("navigation", name="Dashboard").get_by_role("link", name="Incidents").click()
    dashboard.get_by_role("radio", name="Resolved").check(force=True)
    page.wait_for_url(re.compile("state=resolved"))
    rows = dashboard.get_by_role("table").get_by_role("row").filter(has_text=TITLE)
    expect(rows.first).to_be_visible()
    keep(page, "history")
    rows.last.get_by_role("link").first.click()
    told = dashboard.get_by_role("region", name="Who was told")
    expect(told.get_by_text("Sent").first).to_be_visible()
    happened = dashboard.get_by_role("region", name="What happened")
    for said in ("Began", "Told", "Resolved"):
        expect(happened).to_contain_text(said)
    keep(page, "history-incident")


def past_incident(metrics):
    found = history.one_row(
        metrics, "SELECT id FROM sms_alert_history WHERE resolved_at IS NOT NULL AND alert_type = %s ORDER BY 1",
        "delivery_rate_critical",
    )  # fmt: skip
    return found[0]


def test_a_link_leads_to_one_incident_in_airflow_and_alone(visit, site, metrics):
    wanted = past_incident(metrics)
    inside = dashboard_in(visit("viewer", in_airflow(site, f"incident={wanted}")))
    alone = visit("viewer", f"{DASHBOARD}?incident={wanted}")
    for shown in (inside, alone):
        expect(shown.get_by_role("heading", level=2).first).to_contain_text(TITLE)
        expect(shown.get_by_role("region", name="What happened")).to_be_visible()


def test_an_incident_that_is_none_says_so(visit, watch, keep):
    watch.expect("404: GET .*/incidents/")
    page = visit("oncall", f"{DASHBOARD}?incident=00000000-0000-0000-0000-000000000000")
    expect(page.get_by_role("alert")).to_contain_text("There is no incident")
    keep(page, "incident-not-found")
