"""The page's charts: valid, drawn, and showing what they were given."""

from __future__ import annotations

import json

import altair as alt
import pytest

from sms_monitoring.charts.draw import draw_breakdown, draw_funnel, draw_series, funnel_stages
from sms_monitoring.charts.png import render_png
from sms_monitoring.charts.theme import DARK, LIGHT
from sms_monitoring.series.model import KINDS
from tests.charts.timelines import HOUR, START, mark, timeline

SERIES = list(KINDS)


def lines_of(drawn):
    return dict.fromkeys(("AT&T", "O'Brien [mobile].net", "3 others"), drawn.points)


CHARTS = {
    **{
        name: lambda drawn, name=name: draw_series(drawn, name, 90.0 if name in ("delivery_rate", "llm") else None)
        for name in SERIES
    },
    "rate by carrier": lambda drawn: draw_breakdown(drawn, "delivery_rate", lines_of(drawn), 90.0),
    "volume by carrier": lambda drawn: draw_breakdown(drawn, "volume", lines_of(drawn), None),
}


def times(spec, name):
    return [(row["from"], row["to"]) for row in spec["datasets"][name]]


def ms(hours):
    return round((START + hours * HOUR).timestamp() * 1000)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_valid_specification_and_a_picture(chart, colours):
    spec = CHARTS[chart](
        timeline(missing=(5, 6, 7, 8, 9), incidents=[mark(), mark(severity="warning")], colours=colours)
    )
    alt.LayerChart.from_dict(spec, validate=True)
    assert spec["width"] == "container"
    assert len(render_png({**spec, "width": 300})) > 2_000


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("missing", [(), tuple(range(24))], ids=["no points", "nothing known"])
def test_a_chart_of_nothing_is_a_picture_too(chart, missing):
    spec = CHARTS[chart](timeline(24 if missing else 0, missing=missing, end=START + 24 * HOUR))
    assert len(render_png({**spec, "width": 300})) > 500


@pytest.mark.parametrize("hours", [24, 24 * 9, 24 * 40, 24 * 100, 24 * 400])
def test_the_axis_is_in_utc_and_its_labels_lie_on_it(hours):
    drawn = timeline(2, end=START + hours * HOUR)
    x = draw_series(drawn, "volume", None)["layer"][0]["encoding"]["x"]
    assert x["scale"]["type"] == "utc"
    labels, (first, last) = x["axis"]["values"], x["scale"]["domain"]
    assert 3 <= len(labels) <= 14
    assert first <= labels[0] < labels[-1] <= last


def test_a_chart_is_the_same_for_the_same_rows_and_leaves_nothing_in_the_next():
    def draw(**changes):
        return draw_series(timeline(**changes), "delivery_rate", 90.0)

    before = json.dumps(draw())
    draw(missing=(2, 3), incidents=[mark()], colours=DARK)
    assert json.dumps(draw()) == before


def test_incidents_lie_behind_the_marks_and_within_the_axis():
    spec = draw_series(timeline(incidents=[mark(began=START - HOUR, ended=START + 99 * HOUR)]), "delivery_rate", None)
    assert times(spec, "incidents_critical") == [(ms(0), ms(24))]
    drawn = [layer["data"]["name"] for layer in spec["layer"]]
    assert drawn.index("incidents_critical") < drawn.index("rates") < drawn.index("steps")


def test_severities_differ_in_shape_not_in_colour_alone():
    spec = draw_series(
        timeline(incidents=[mark(severity=each) for each in ("critical", "warning", "info")]), "volume", None
    )
    signs = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    assert len({sign["shape"] for sign in signs}) == len({sign["color"] for sign in signs}) == 3


def test_hours_without_data_are_shaded_together_and_named_where_there_is_room():
    spec = draw_series(timeline(missing=(1, 10, 11, 12, 13)), "volume", None)
    assert times(spec, "gaps") == [(ms(1), ms(2)), (ms(10), ms(14))]
    assert [row["text"] for row in spec["datasets"]["gap_words"]] == ["No data"]
    assert "gaps" not in draw_series(timeline(), "volume", None)["datasets"]


def test_one_tooltip_has_all_numbers_of_a_step():
    spec = draw_series(timeline(), "volume", None)
    [hover] = [layer for layer in spec["layer"] if layer["data"]["name"] == "steps"]
    assert [each["title"] for each in hover["encoding"]["tooltip"]] == ["Time", "Sent"]
    assert spec["datasets"]["steps"][3] == {"at": ms(3), "until": ms(4), "t0": "hour 3", "t1": "100"}


def test_the_outcomes_of_an_hour_stand_on_each_other():
    rows = draw_series(timeline(1), "volume", None)["datasets"]["bars"]
    assert [(row["part"], row["low"], row["high"]) for row in rows] == [
        ("Delivered", 0, 90),
        ("Failed", 90, 97),
        ("No receipt yet", 97, 100),
    ]
    assert all(row["partial"] for row in rows)


def test_the_threshold_is_drawn_where_there_is_one_and_what_is_below_it_is_marked():
    spec = draw_series(timeline(), "delivery_rate", 90.0)
    assert spec["datasets"]["threshold"] == [{"value": 90.0, "text": "alert below 90%"}]
    assert [number for number, row in enumerate(spec["datasets"]["rates"]) if row["below"]] == [0, 7, 14, 21]
    assert "threshold" not in draw_series(timeline(), "delivery_rate", None)["datasets"]


def test_a_value_between_two_gaps_has_a_dot_among_many_points():
    dots = [row["dot"] for row in draw_series(timeline(50, missing=(3, 5)), "delivery_rate", None)["datasets"]["rates"]]
    assert [number for number, dot in enumerate(dots) if dot] == [4]


def test_times_of_seconds_and_of_hours_fit_on_one_axis():
    drawn = timeline()
    drawn.points[3]["p95"] = 5 * 3_600_000.0
    drawn.points[4]["p50"] = 0.0
    spec = draw_series(drawn, "latency", None)
    scale = next(layer["encoding"]["y"]["scale"] for layer in spec["layer"] if layer["data"]["name"] == "lines")
    assert scale["type"] == "log"
    assert min(row["value"] for row in spec["datasets"]["lines"]) == 1
    assert "type" not in next(
        layer["encoding"]["y"]["scale"]
        for layer in draw_series(timeline(), "latency", None)["layer"]
        if layer["data"]["name"] == "lines"
    )


def test_lines_differ_in_their_dash_too():
    spec = draw_breakdown(timeline(), "volume", lines_of(timeline()), None)
    line = next(layer["encoding"] for layer in spec["layer"] if layer["mark"]["type"] == "line")
    assert line["color"]["scale"]["domain"] == line["strokeDash"]["scale"]["domain"] == list(lines_of(timeline()))
    dashes = line["strokeDash"]["scale"]["range"]
    assert len({tuple(dash) for dash in dashes}) == 3


def test_the_funnel_adds_up_and_says_shares():
    stages = funnel_stages(
        [{"scheduled": 60, "sent": 50, "delivered": 40, "failed": 5, "unconfirmed": 5}] * 2
        + [{"scheduled": None, "sent": None, "delivered": None, "failed": None, "unconfirmed": None}]
    )
    assert [(stage["stage"], stage["note"]) for stage in stages] == [
        ("Scheduled", "120"),
        ("Sent", "100 · 83.3% of scheduled"),
        ("Delivered", "80 · 80.0% of sent"),
        ("Failed", "10 · 10.0% of sent"),
        ("No receipt yet", "10 · 10.0% of sent"),
    ]
    spec = draw_funnel(stages, DARK)
    alt.LayerChart.from_dict(spec, validate=True)
    assert len(render_png({**spec, "width": 300})) > 2_000
    assert draw_funnel(funnel_stages([]), DARK)["datasets"] != spec["datasets"]
