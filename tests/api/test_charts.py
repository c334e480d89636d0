"""``GET /charts/{name}``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from sms_monitoring.api.models.series import ChartName
from sms_monitoring.timeframe import floor_hour
from tests.digest.rows import in_hour

COLOURS = {"light": "#1c2733", "dark": "#e8ecf1"}


@pytest.fixture
def sent(db):
    hour = f"{floor_hour(datetime.now(UTC)) - timedelta(hours=1):%Y-%m-%d %H:%M}"
    in_hour(db, hour, sent=100, delivered=91, failed=4)
    in_hour(db, hour, carrier="AT&T", sent=60, delivered=30)
    return db


@pytest.mark.parametrize("name", get_args(ChartName))
def test_every_chart_has_a_specification_a_sentence_and_a_table(sent, client, name):
    answer = client("vic").get(f"/charts/{name}?range=24h")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert set(data) == {"spec", "description", "table", "empty", "updated_at", "start", "end", "step"}
    assert data["spec"]["width"] == "container"
    assert data["description"] == data["spec"]["description"]
    assert all(isinstance(cell, str) for row in data["table"]["rows"] for cell in row)


@pytest.mark.parametrize("theme", COLOURS)
def test_a_chart_comes_for_a_light_and_for_a_dark_page(sent, client, theme):
    spec = client().get(f"/charts/volume?theme={theme}").json()["data"]["spec"]
    assert spec["config"]["text"]["color"] == COLOURS[theme]
    assert spec["config"]["background"] == "transparent"


def test_a_chart_of_one_carrier(sent, client):
    data = client().get("/charts/delivery_rate?range=24h&dimension=carrier&value=AT%26T").json()["data"]
    assert data["description"].startswith("Delivery rate of AT&T, last 24 hours")
    assert "50.0%" in [row[1] for row in data["table"]["rows"]]


def test_a_chart_by_carrier_has_two_names(sent, client):
    one, other = (
        client().get(f"/charts/{path}").json()["data"]
        for path in ("rate_by_carrier", "delivery_rate?dimension=carrier")
    )
    assert one["table"]["columns"] == other["table"]["columns"] == ["Time", "AT&T"]


def test_a_chart_of_nothing_says_that_it_is_empty(db, client):
    assert client().get("/charts/cost").json()["data"]["empty"] is True


def test_a_chart_that_did_not_change_is_not_sent_again(sent, client):
    path = "/charts/volume?start=2026-03-09T00:00:00Z&end=2026-03-10T00:00:00Z"
    tag = client().get(path).headers["etag"]
    assert client().get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("profit", "name"),
        ("volume?theme=pink", "theme"),
        ("volume?range=1y", "range"),
        ("llm?dimension=carrier&value=AT%26T", "dimension"),
        ("rate_by_carrier?dimension=campaign", "dimension"),
        ("latency?dimension=campaign", "value"),
    ],
)
def test_what_there_is_not_is_refused_by_the_name_of_the_parameter(db, client, path, parameter):
    answer = client().get(f"/charts/{path}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["parameter"] == parameter
