"""A threshold is tried on the stored history, and then saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.site import DASHBOARD

ALERT = "delivery_rate_critical"


@pytest.fixture
def as_before(metrics):
    yield
    metrics.execute("UPDATE sms_alert_thresholds SET threshold_value = 90 WHERE alert_type = %s", (ALERT,))


def test_it_is_tried_before_it_is_saved(visit, metrics, as_before, keep):
    dashboard = page = visit()
    dashboard.get_by_role("navigation", name="Dashboard").get_by_role("link", name="Thresholds").click()
    expect(dashboard.get_by_role("row").filter(has_text=ALERT)).to_contain_text("90")
    keep(page, "thresholds")
    dashboard.get_by_role("row").filter(has_text=ALERT).get_by_role("link").last.click()

    form = dashboard.get_by_role("form", name="Threshold")
    form.get_by_label(re.compile("^Threshold")).fill("99.5")
    replay = dashboard.get_by_role("region", name="On the stored history")
    replay.get_by_role("radio", name="7 days").check(force=True)
    replay.get_by_role("button", name="Try it").click()
    verdict = replay.get_by_text(re.compile("^This would have fired"))
    expect(verdict).to_be_visible()
    expect(replay.get_by_role("img")).to_have_attribute("data-drawn", "true")
    assert value(metrics) == 90, "trying changes nothing"
    keep(page, "threshold-tried")

    form.get_by_label(re.compile("^Note")).fill("Only breakdowns wake people")
    form.get_by_role("button", name="Save 1 change").click()
    expect(form.get_by_role("button", name="Nothing to save")).to_be_visible()
    assert value(metrics) == 99.5
    changes = dashboard.get_by_role("region", name="Changes to this threshold")
    expect(changes).to_contain_text("oncall")
    expect(changes).to_contain_text("99.5")
    keep(page, "threshold-saved")


def test_nonsense_is_refused_beside_the_field(visit, watch, metrics):
    watch.expect("422: PATCH")
    page = visit("oncall", f"{DASHBOARD}?view=thresholds&alert_type={ALERT}")
    form = page.get_by_role("form", name="Threshold")
    form.get_by_label(re.compile("^Cooldown")).fill("-5")
    form.get_by_role("button", name="Save 1 change").click()
    expect(form).to_contain_text(re.compile("cooldown", re.I))
    expect(form.get_by_role("button", name="Save 1 change")).to_be_enabled()
    assert cooldown(metrics) == 60


def value(metrics):
    return float(
        metrics.execute("SELECT threshold_value FROM sms_alert_thresholds WHERE alert_type = %s", (ALERT,)).fetchone()[
            0
        ]
    )


def cooldown(metrics):
    return metrics.execute(
        "SELECT cooldown_minutes FROM sms_alert_thresholds WHERE alert_type = %s", (ALERT,)
    ).fetchone()[0]
