"""``GET /series`` and ``GET /dimensions``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from sms_monitoring.api.models import series as shapes
from sms_monitoring.charts.build import NAMES
from sms_monitoring.series.model import DIMENSIONS, KINDS
from sms_monitoring.series.span import RANGES, STEPS
from sms_monitoring.timeframe import floor_hour
from tests.digest.rows import in_hour

MARCH = "start=2026-03-09T00:00:00Z&end=2026-03-10T00:00:00Z"


def last_hour():
    return f"{floor_hour(datetime.now(UTC)) - timedelta(hours=1):%Y-%m-%d %H:%M}"


def test_the_document_names_what_there_is():
    assert get_args(shapes.SeriesName) == tuple(KINDS)
    assert get_args(shapes.ChartName) == (
        "volume",
        "funnel",
        *[name for name in NAMES if name not in ("volume", "funnel")],
    )
    assert (get_args(shapes.RangeName), get_args(shapes.StepName)) == (tuple(RANGES), tuple(STEPS))
    assert get_args(shapes.Dimension) == DIMENSIONS


def test_a_series_of_a_range_up_to_now(db, client):
    in_hour(db, last_hour(), sent=10, delivered=9)
    answer = client("vic").get("/series?name=delivery_rate&range=24h")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert (data["name"], data["dimension"], data["value"], data["step"]) == ("delivery_rate", "all", None, "1h")
    assert data["fields"] == ["rate", "low", "high", "sent", "delivered"]
    assert len(data["points"]) == 24
    # The hour may have turned since.
    [point] = [point for point in data["points"] if point["rate"] is not None]
    assert (point["rate"], point["sent"], point["state"]) == (90.0, 10, "ok")
    assert point["at"].endswith(":00:00Z")


def test_a_series_between_two_times(db, client):
    in_hour(db, "2026-03-09 07:00", sent=4)
    data = client().get(f"/series?name=volume&{MARCH}&step=6h").json()["data"]
    assert [(point["at"], point["sent"]) for point in data["points"]] == [
        ("2026-03-09T00:00:00Z", None),
        ("2026-03-09T06:00:00Z", 4),
        ("2026-03-09T12:00:00Z", None),
        ("2026-03-09T18:00:00Z", None),
    ]


def test_a_series_of_one_carrier_and_one_line_for_each(db, client):
    in_hour(db, "2026-03-09 07:00", carrier="AT&T", sent=4, delivered=3)
    one = client().get(f"/series?name=volume&{MARCH}&dimension=carrier&value=AT%26T").json()["data"]
    assert (one["value"], one["points"][7]["sent"]) == ("AT&T", 4)
    each = client().get(f"/series?name=volume&{MARCH}&dimension=carrier").json()["data"]
    assert [(line["name"], line["points"][7]["delivered"]) for line in each["lines"]] == [("AT&T", 3)]


def test_dimensions_the_busiest_first(db, client):
    in_hour(db, "2026-03-09 07:00", carrier="AT&T", sent=4)
    in_hour(db, "2026-03-09 08:00", carrier="Coyote", sent=9)
    data = client("vic").get(f"/dimensions?{MARCH}").json()["data"]
    assert data == {"carrier": [{"value": "Coyote", "sent": 9}, {"value": "AT&T", "sent": 4}], "campaign": []}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "name"),
        ("name=profit", "name"),
        ("name=volume&range=1y", "range"),
        (f"name=volume&range=7d&{MARCH}", "range"),
        ("name=volume&end=2026-03-10T00:00:00Z", "end"),
        ("name=volume&step=1h", "step"),
        (f"name=volume&{MARCH}&step=5m", "step"),
        ("name=volume&start=yesterday", "start"),
        ("name=volume&start=2026-03-10T00:00:00Z&end=2026-03-09T00:00:00Z", "start"),
        ("name=volume&start=2024-01-01T00:00:00Z&end=2026-03-09T00:00:00Z", "start"),
        ("name=volume&start=2199-01-01T00:00:00Z", "start"),
        ("name=volume&start=2025-11-01T00:00:00Z&end=2026-03-09T00:00:00Z&step=1h", "step"),
        ("name=volume&dimension=shoe_size", "dimension"),
        ("name=llm&dimension=carrier&value=AT%26T", "dimension"),
        ("name=llm&dimension=campaign", "value"),
        ("name=volume&value=AT%26T", "value"),
        ("name=volume&dimension=carrier&value=a%00b", "value"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_the_parameter(db, client, query, parameter):
    answer = client().get(f"/series?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["parameter"] == parameter


@pytest.mark.parametrize("path", ["/series?name=volume", "/dimensions", "/charts/volume"])
@pytest.mark.parametrize(("who", "status"), [(None, 401), ("nell", 403), ("vic", 200)])
def test_only_who_may_read(db, client, path, who, status):
    assert client(who).get(path).status_code == status
