"""From the database to a chart with its words and its table."""

from __future__ import annotations

import json

import altair as alt
import pytest

from sms_monitoring.charts.build import NAMES, build_chart
from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.read import MOST_INCIDENTS
from sms_monitoring.series.span import named_span
from tests.digest.rows import in_hour, incident, timed, utc
from tests.series.rows import aggregated

NOW = utc("2026-03-10 14:25")


@pytest.fixture
def traffic(db):
    """A day of traffic: three hours without data, an incident at its end."""
    aggregated(db, "2026-03-09 14:00", "2026-03-09 20:00")
    aggregated(db, "2026-03-09 23:00", "2026-03-10 14:00")
    for hour, delivered in (("2026-03-10 12:00", 98), ("2026-03-10 13:00", 60)):
        in_hour(db, hour, scheduled=120, sent=100, delivered=delivered, failed=2, llm_success=50, template_fallback=1)
        in_hour(db, hour, llm_cost_usd=0.5, sms_cost_usd=1.25, opt_out=1, daily_limit_hit=2)
        in_hour(db, hour, carrier="AT&T", sent=70, delivered=60)
        in_hour(db, hour, carrier="Coyote [x].y", sent=30, delivered=delivered - 60)
        in_hour(db, hour, campaign="launch", sent=100, delivered=delivered)
        timed(db, hour, "avg_delivery_time_ms", ms1000=95, ms9000=5)
        timed(db, hour, "avg_generation_time_ms", ms800=50)
    message = "SMS delivery rate is low: 60 %, below the threshold of 90 % (sample 100)."
    incident(db, "delivery_rate_critical", "2026-03-10 13:05", message=message)
    return db


def build(conn, name, *which, **changes):
    return build_chart(conn, name, named_span("24h", NOW), *which, now=NOW, **changes)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_chart_is_plain_json_and_a_valid_specification(traffic, name, dark):
    chart = json.loads(json.dumps(build(traffic, name, dark=dark)))
    alt.LayerChart.from_dict(chart["spec"], validate=True)
    assert not chart["empty"]
    assert chart["spec"]["description"] == chart["description"]
    assert {len(row) for row in chart["table"]["rows"]} == {len(chart["table"]["columns"])}


@pytest.mark.parametrize("name", NAMES)
def test_of_an_empty_database_it_is_empty_and_says_so(db, name):
    chart = build(db, name)
    assert chart["empty"]
    assert chart["updated_at"] is None
    if name != "funnel":
        assert "no data" in chart["description"]


def test_the_description_says_the_newest_values_in_a_sentence(traffic):
    assert build(traffic, "delivery_rate")["description"] == (
        "Delivery rate, last 24 hours: newest, Tue 10 Mar 2026, 13:00–14:00 UTC: delivery rate 60.0%,"
        " 95% band 50.2% to 69.1%, delivered 60, sent 100; 1 point below the alert threshold of 90.0%; 1 incident;"
        " 3 hours without data."
    )


def test_the_table_has_the_newest_first_and_says_what_is_unknown(traffic):
    table = build(traffic, "volume")["table"]
    assert table["columns"] == ["Time", "Sent", "Delivered", "Failed", "No receipt yet", "Scheduled"]
    assert table["rows"][0] == ["Tue 10 Mar 2026, 13:00–14:00 UTC", "100", "60", "2", "38", "120"]
    assert table["rows"][-7] == ["Mon 9 Mar 2026, 20:00–21:00 UTC, no data", *"–––––"]
    assert len(table["rows"]) == 24


def test_a_chart_by_carrier_has_a_column_for_each(traffic):
    chart = build(traffic, "rate_by_carrier")
    assert chart["table"]["columns"] == ["Time", "AT&T", "Coyote [x].y"]
    assert chart["table"]["rows"][0][1:] == ["85.7% of 70", "0% of 30"]
    assert build(traffic, "delivery_rate", "carrier") == chart


def test_a_chart_of_one_carrier_says_which(traffic):
    chart = build(traffic, "delivery_rate", "carrier", "AT&T")
    assert chart["description"].startswith("Delivery rate of AT&T, last 24 hours")
    assert chart["table"]["rows"][0][1] == "85.7%"


def test_the_threshold_of_the_llm_is_that_of_what_it_did_not_write(traffic):
    traffic.execute("UPDATE sms_alert_thresholds SET threshold_value = 30 WHERE alert_type = 'llm_failure_critical'")
    assert build(traffic, "llm")["spec"]["datasets"]["threshold"][0]["value"] == 70


def test_a_threshold_that_fires_above_is_no_line_below(traffic):
    traffic.execute(
        "UPDATE sms_alert_thresholds SET comparison_operator = '>' WHERE alert_type = 'delivery_rate_critical'"
    )
    assert "threshold" not in build(traffic, "delivery_rate")["spec"]["datasets"]


def test_an_incident_is_on_the_charts_that_it_is_about_and_in_their_tooltips(traffic):
    incident(traffic, "our_own_warning", "2026-03-10 08:05", "2026-03-10 09:00", severity="warning", message="Odd.")
    marked = {
        name: sorted(key for key in build(traffic, name)["spec"]["datasets"] if "incidents" in key) for name in NAMES
    }
    assert marked["delivery_rate"] == ["incidents_critical", "incidents_warning"]
    assert marked["llm"] == ["incidents_warning"]
    [*_, newest] = build(traffic, "latency")["spec"]["datasets"]["steps"]
    assert "SMS delivery rate is low" in newest.values()
    [row] = build(traffic, "llm")["spec"]["datasets"]["incidents_warning"]
    assert (row["incident"], row["time"]) == ("Odd.", "Tue 10 Mar 2026 08:05 to 09:00 UTC")


def test_hours_that_failed_their_checks_are_marked_on_the_charts_of_their_family(traffic):
    for hour in (5, 9, 10):
        traffic.execute(
            "INSERT INTO sms_bad_hours (family, metric_hour, checks) VALUES ('delivery', %s, '{sent_as_in_source}')",
            (utc(f"2026-03-10 {hour:02}:00"),),
        )
    built = build(traffic, "delivery_rate")
    assert [row["time"] for row in built["spec"]["datasets"]["incidents_info"]] == [
        "Tue 10 Mar 2026 05:00 to 06:00 UTC",
        "Tue 10 Mar 2026 09:00 to 11:00 UTC",
    ]
    assert "1 incident; " in built["description"], "it is a mark of another kind"
    assert built["description"].endswith("3 hours whose numbers failed their checks.")
    assert "incidents_info" in build(traffic, "rate_by_carrier")["spec"]["datasets"]
    assert "incidents_info" not in build(traffic, "llm")["spec"]["datasets"]


def test_a_storm_of_incidents_keeps_a_chart_small(traffic):
    for number in range(MOST_INCIDENTS + 50):
        title = f"Carrier {number} fails: all of it"
        incident(traffic, f"our_own_{number}_info", "2026-03-10 08:05", severity="info", message=title)
    built = build(traffic, "llm")
    assert len(built["spec"]["datasets"]["incidents_info"]) < MOST_INCIDENTS
    assert f"{len(built['spec']['datasets']['incidents_info'])} incidents or more" in built["description"]
    assert len(json.dumps(built["spec"])) < 200_000


def test_an_incident_of_another_carrier_is_not_on_a_carrier_s_chart(traffic):
    traffic.execute("UPDATE sms_alert_history SET entity = 'Coyote [x].y'")
    assert "incidents_critical" in build(traffic, "delivery_rate")["spec"]["datasets"]
    assert "incidents_critical" not in build(traffic, "delivery_rate", "carrier", "AT&T")["spec"]["datasets"]


@pytest.mark.parametrize(
    ("parameter", "which"),
    [
        ("name", ("profit",)),
        ("dimension", ("volume", "shoe_size")),
        ("dimension", ("rate_by_carrier", "campaign")),
        ("value", ("latency", "carrier")),
    ],
)
def test_what_there_is_not_is_refused_by_the_name_of_the_parameter(db, parameter, which):
    with pytest.raises(SeriesError) as refused:
        build(db, *which)
    assert refused.value.parameter == parameter
