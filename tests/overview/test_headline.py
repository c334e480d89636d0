"""What the banner says: given this situation, expect this sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sms_monitoring.overview.headline import banner, freshness_message, moment
from sms_monitoring.overview.model import FamilyHour, Freshness, OpenIncident, Situation, Slice
from sms_monitoring.timeframe import HOUR
from tests.product import at

NOW = at("17:20")


def family(hours_behind: int = 0, name: str = "delivery") -> FamilyHour:
    """The family's newest hour ended at 17:00, less ``hours_behind``; it was aggregated three minutes after."""
    newest = at("16:00") - hours_behind * HOUR
    return FamilyHour(family=name, newest_hour=newest, aggregated_at=newest + HOUR + timedelta(minutes=3))


FRESH = Freshness(now=NOW, families=(family(),))
QUIET = Situation(freshness=FRESH, sent=12340, delivered=12118)


def incident(alert_type="delivery_rate_critical", **fields) -> OpenIncident:
    defaults = {
        "title": "SMS delivery rate is low",
        "entity": "all",
        "severity": alert_type.rpartition("_")[2],
        "since": at("14:00"),
        "message": "SMS delivery rate is low: 61 %.",
        "limit": 0.1,
    }
    return OpenIncident(alert_type=alert_type, **{**defaults, **fields})


def carrier(name: str, total: int, bad: int) -> Slice:
    return Slice(dimension="carrier", name=name, total=total, bad=bad)


def campaign(name: str, total: int, bad: int) -> Slice:
    return Slice(dimension="campaign", name=name, total=total, bad=bad)


def said(*incidents: OpenIncident, **fields) -> str:
    return banner(replace(QUIET, incidents=incidents, **fields)).headline


# ── Bad data ─────────────────────────────────────────────────────────────────────────────────

BAD = {"trouble": "The newest hour of delivery is bad.", "trouble_is_critical": True}


def test_bad_data_comes_before_warnings_and_before_all_is_well():
    for incidents in ((), (incident("opt_out_rate_warning"),)):
        found = banner(replace(QUIET, incidents=incidents, **BAD))
        assert (found.status, found.headline) == ("critical", BAD["trouble"])


def test_what_could_not_be_checked_needs_attention():
    found = banner(replace(QUIET, trouble="3 checks could not be run."))
    assert (found.status, found.headline) == ("attention", "3 checks could not be run.")


def test_beside_a_critical_incident_bad_data_is_a_detail():
    found = banner(replace(QUIET, incidents=(incident(),), **BAD))
    assert found.headline == "Delivery is failing since 14:00 UTC."
    assert found.details[-1] == BAD["trouble"]


def test_an_incident_about_bad_data_says_it_already():
    about = incident("data_quality_critical", title="Data quality checks fail", entity="delivery")
    found = banner(replace(QUIET, incidents=(about,), **BAD))
    assert found.headline == "Data quality checks fail (delivery) since 14:00 UTC."
    assert BAD["trouble"] not in found.details


def test_old_numbers_come_before_bad_ones():
    old = replace(FRESH, families=(family(hours_behind=4),))
    assert banner(replace(QUIET, freshness=old, **BAD)).status == "stale"


# ── Quiet ────────────────────────────────────────────────────────────────────────────────────


def test_all_is_well():
    assert banner(QUIET).headline == "All is well: 98.2% of 12,340 messages delivered today."
    assert banner(QUIET).status == "healthy"


def test_one_message():
    assert said(sent=1, delivered=1) == "All is well: 100% of 1 message delivered today."


def test_nothing_sent():
    assert said(sent=0, delivered=0) == "All is well: nothing was sent today so far."


def test_a_bad_day_without_an_alert_is_not_well():
    found = banner(replace(QUIET, sent=1000, delivered=850, rate_is_bad=True))
    assert found.status == "attention"
    assert found.headline == "No alert is open, but only 85.0% of 1,000 messages were delivered today."


# ── Critical ─────────────────────────────────────────────────────────────────────────────────


def test_delivery_fails_at_one_carrier():
    slices = (carrier("AT&T", 100, 90), carrier("Verizon", 100, 2), campaign("welcome", 200, 92))
    assert said(incident(slices=slices)) == "Delivery is failing at carrier AT&T since 14:00 UTC."


def test_delivery_fails_at_two_carriers():
    slices = (carrier("A", 100, 90), carrier("B", 100, 80), carrier("C", 100, 1), carrier("D", 100, 3))
    assert said(incident(slices=slices)) == "Delivery is failing at carriers A and B since 14:00 UTC."


def test_delivery_fails_everywhere_alike():
    slices = (carrier("A", 100, 60), carrier("B", 100, 58))
    assert said(incident(slices=slices)) == "Delivery is failing since 14:00 UTC."


def test_delivery_fails_everywhere_and_at_one_most():
    slices = (carrier("A", 100, 90), carrier("B", 100, 30), carrier("C", 100, 25))
    assert said(incident(slices=slices)) == "Delivery is failing, worst at carrier A, since 14:00 UTC."


def test_a_carrier_with_few_messages_is_not_blamed():
    slices = (carrier("A", 3, 3), carrier("B", 100, 12))
    assert said(incident(slices=slices)) == "Delivery is failing since 14:00 UTC."


def test_an_only_carrier_is_not_named():
    assert said(incident(slices=(carrier("A", 100, 90),))) == "Delivery is failing since 14:00 UTC."


def test_a_campaign_is_named_where_no_carrier_stands_out():
    slices = (carrier("A", 100, 45), carrier("B", 100, 45), campaign("spring", 80, 80), campaign("welcome", 120, 10))
    assert said(incident(slices=slices)) == "Delivery is failing in campaign spring since 14:00 UTC."


def test_the_llm_fails():
    assert said(incident("llm_failure_critical", limit=0.5)) == "The LLM is failing since 14:00 UTC."


def test_any_other_alert_is_called_by_its_title():
    custom = incident("queue_depth_critical", title="Queue is full", entity="eu-1", limit=None)
    assert said(custom) == "Queue is full (eu-1) since 14:00 UTC."


def test_missing_data_is_no_failing():
    assert said(incident(no_data=True)) == "SMS delivery rate is low: no data since 14:00 UTC."


def test_several_critical_alerts_begin_with_the_one_nobody_looks_after():
    taken = incident(since=at("12:00"), acknowledged_by="ann")
    new = incident("llm_failure_critical", since=at("15:00"))
    assert said(taken, new) == "The LLM is failing since 15:00 UTC, and 1 more critical alert is open."
    assert said(taken, new, new) == "The LLM is failing since 15:00 UTC, and 2 more critical alerts are open."


def test_the_details_tell_of_every_incident_the_worst_first():
    found = banner(
        replace(
            QUIET,
            incidents=(
                incident("opt_out_rate_warning", message="Many opt out."),
                incident(acknowledged_by="ann", since=at("2026-03-09 23:00")),
            ),
        )
    )
    assert found.details == (
        "Critical since Mon 9 Mar, 23:00 UTC: SMS delivery rate is low: 61 %. ann is looking after it.",
        "Warning since 14:00 UTC: Many opt out.",
    )


def test_of_many_incidents_ten_are_told():
    found = banner(replace(QUIET, incidents=tuple(incident(entity=str(number)) for number in range(12))))
    assert (len(found.details), found.details[-1]) == (11, "And 2 more.")


# ── Attention ────────────────────────────────────────────────────────────────────────────────


def test_one_warning_is_named():
    found = banner(replace(QUIET, incidents=(incident("llm_cost_spike_warning", title="LLM cost is spiking"),)))
    assert (found.status, found.headline) == ("attention", "LLM cost is spiking since 14:00 UTC.")


def test_warnings_are_counted():
    warning, notice = incident("a_warning"), incident("b_info")
    assert said(warning, warning) == "2 warnings are open."
    assert said(warning, notice, notice) == "1 warning and 2 notices are open."


def test_a_family_that_lags_behind_is_named():
    freshness = replace(FRESH, families=(family(), family(3, "generation")))
    found = banner(replace(QUIET, freshness=freshness))
    assert found.status == "attention"
    assert found.headline == "Numbers of generation end at 14:00 UTC, those of others are newer."


# ── Stale ────────────────────────────────────────────────────────────────────────────────────


def stale(**fields) -> Freshness:
    return Freshness(now=NOW, families=(family(3),), **fields)


def test_old_numbers_come_before_everything_that_is_read_off_them():
    found = banner(replace(QUIET, freshness=stale(), incidents=(incident(),)))
    assert found.status == "stale"
    assert found.headline == "Numbers are 3 hours old: sms_hourly_monitoring has not run since 14:03 UTC."
    assert found.details == ("Critical since 14:00 UTC: SMS delivery rate is low: 61 %.",)


def test_a_paused_dag_is_why():
    assert freshness_message(stale(paused=True)) == "Numbers are 3 hours old: sms_hourly_monitoring is paused."


def test_catching_up_is_why():
    late = replace(family(3), aggregated_at=at("17:10"))
    expected = "Numbers are 3 hours old: sms_hourly_monitoring ran at 17:10 UTC and is still catching up."
    assert freshness_message(Freshness(now=NOW, families=(late,))) == expected


@pytest.mark.parametrize(("behind", "is_stale"), [(0, False), (1, False), (2, True)])
def test_an_hour_of_delay_is_normal(behind, is_stale):
    assert Freshness(now=NOW, families=(family(behind),)).stale is is_stale


def test_no_numbers_at_all():
    found = banner(Situation(freshness=Freshness(now=NOW, paused=True)))
    assert found.status == "no_data"
    assert found.headline == "There are no numbers yet: sms_hourly_monitoring makes them, and it is paused."


def test_fresh_numbers_tell_how_far_they_go():
    assert freshness_message(FRESH) == "Numbers go up to 17:00 UTC."


def test_a_moment_of_another_day_names_it():
    assert (moment(at("00:00"), NOW), moment(at("2026-03-09 23:59"), NOW)) == ("00:00 UTC", "Mon 9 Mar, 23:59 UTC")
