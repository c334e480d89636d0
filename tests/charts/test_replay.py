from __future__ import annotations

from datetime import UTC, datetime, timedelta

import altair as alt
import pytest

from sms_monitoring.charts.png import render_png
from sms_monitoring.charts.replay import MOST_POINTS, replay_chart

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(hours):
    return (START + timedelta(hours=hours)).isoformat()


def points(hours, value=97.0, sample=300):
    return [{"at": at(hour + 1), "value": value, "sample": sample} for hour in range(hours)]


def draw(rows, **changes):
    options = {
        "start": at(0),
        "end": at(len(rows) or 24),
        "unit": "%",
        "operator": "<",
        "current": 90,
        "proposed": 85,
        "firings": [{"start": at(3), "end": at(6), "new": True}],
        "firings_now": [{"start": at(2), "end": at(6)}],
        "incidents": [{"start": at(2), "end": at(7), "caught": True}, {"start": at(9), "end": at(9), "caught": False}],
        **changes,
    }
    return replay_chart(rows, **options)


GAPS = [*points(8), *points(2, None, None), *points(1), *points(2, None, 3), *points(11)]
CHARTS = {
    "a day": lambda **size: draw(points(24), **size),
    "ninety days": lambda **size: draw(points(2160), **size),
    "no point at all": lambda **size: draw([], **size),
    "nothing but missing data": lambda **size: draw(points(24, None, None), **size),
    "gaps": lambda **size: draw(GAPS, **size),
    "one value only": lambda **size: draw(points(24, 85.0), current=85, **size),
    "nothing fires, nothing is known": lambda **size: draw(
        points(24), firings=[], firings_now=[], incidents=[], **size
    ),
    "higher is worse, a long unit": lambda **size: draw(
        points(24, 1.2, 24), unit="× a usual day", operator=">=", **size
    ),
}


def texts(spec):
    marks = [layer["mark"] for layer in flat(spec["layer"])]
    return [mark["text"] for mark in marks if mark["type"] == "text"]


def flat(layers):
    for layer in layers:
        yield from flat(layer["layer"]) if "layer" in layer else [layer]


@pytest.mark.parametrize("chart", CHARTS)
def test_it_is_a_valid_specification_and_a_picture(chart):
    spec = CHARTS[chart]()
    alt.Chart.from_dict(spec, validate=True)
    png = render_png(spec, scale=1)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == pytest.approx(560, abs=12)


def test_a_page_may_size_it_itself():
    assert CHARTS["a day"](width="container")["width"] == "container"


def test_both_thresholds_are_named_once_where_they_are_the_same():
    assert {"proposed < 85 %", "now < 90 %"} <= set(texts(draw(points(24))))
    assert "proposed ≤ 85 %, as now" in texts(draw(points(24), operator="<=", current=85))


def test_it_says_what_is_hollow_and_grey_only_where_something_is():
    assert "Fires as proposed · ○ no known incident" in texts(draw(points(24)))
    assert "Known incidents · ○ missed as proposed" in texts(draw(points(24)))
    assert {"Fires as proposed", "Known incidents"} <= set(texts(draw(points(24), firings=[], incidents=[])))
    assert "Value judged each hour; red: fires as proposed" in texts(draw(points(24)))
    assert "Value judged each hour; red: fires as proposed; grey: no data" in texts(draw(GAPS))


def test_a_long_history_is_put_together_and_loses_no_extreme():
    rows = points(2160)
    rows[1000] = {**rows[1000], "value": 12.5}
    spec = draw(rows)
    [line] = [layer for layer in flat(spec["layer"]) if layer["mark"]["type"] == "line"]
    bins = spec["datasets"][line["data"]["name"]]
    assert len(bins) <= MOST_POINTS
    assert min(each["low"] for each in bins) == 12.5
