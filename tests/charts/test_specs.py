from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import altair as alt
import pytest

from sms_monitoring.charts import specs
from sms_monitoring.charts.png import render_png

HOURS = [
    {"label": f"{hour:02}:00", "delivered": 90, "failed": 8, "unconfirmed": 2, "missing": hour == 3}
    for hour in range(24)
]
STAGES = [
    {"stage": "Sent", "messages": 100, "note": "100", "bad": False},
    {"stage": "Failed", "messages": 5, "note": "5 · 5% of sent", "bad": True},
]
DAYS = [{"date": f"2025-06-{day:02}", "rate": rate, "cost": 0.5} for day, rate in ((1, 97.0), (2, None), (3, 85.0))]

CHARTS = {
    "hourly volume": lambda **size: specs.hourly_volume(HOURS, **size),
    "hourly volume, nothing missing": lambda **size: specs.hourly_volume(HOURS[4:], **size),
    "hourly volume, no hours": lambda **size: specs.hourly_volume([], **size),
    "funnel": lambda **size: specs.delivery_funnel(STAGES, **size),
    "funnel of nothing": lambda **size: specs.delivery_funnel([{**STAGES[0], "messages": 0}], **size),
    "rate": lambda **size: specs.delivery_rate(DAYS, threshold=90, **size),
    "rate without a threshold": lambda **size: specs.delivery_rate(DAYS, **size),
    "rate of no traffic": lambda **size: specs.delivery_rate(DAYS[1:2], **size),
    "cost": lambda **size: specs.llm_cost(DAYS, **size),
    "cost of nothing": lambda **size: specs.llm_cost([{**DAYS[0], "cost": None}], **size),
}


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_valid_specification_and_a_picture(chart):
    spec = CHARTS[chart]()
    alt.Chart.from_dict(spec, validate=True)
    png = render_png(spec)
    assert png.startswith(b"\x89PNG")
    assert len(png) > 1_000


def test_the_picture_has_two_pixels_for_one_of_the_chart():
    def width(scale):
        return int.from_bytes(render_png(specs.llm_cost(DAYS, width=300), scale=scale)[16:20])

    assert width(2.0) == 2 * width(1.0)
    assert width(1.0) == pytest.approx(300, abs=12)


def test_a_page_may_size_a_chart_itself():
    for chart in CHARTS.values():
        assert chart(width="container")["width"] == "container"


def test_a_specification_is_the_same_for_the_same_rows():
    assert CHARTS["rate"]() == CHARTS["rate"]()


def test_the_alert_threshold_is_drawn_where_there_is_one():
    def marks(spec):
        return [layer["mark"]["type"] for layer in spec["layer"]]

    assert marks(CHARTS["rate"]()) == ["line", "point", "rule", "text"]
    assert marks(CHARTS["rate without a threshold"]()) == ["line", "point"]
    assert "alert below 90%" in str(CHARTS["rate"]())


def test_the_rate_s_scale_holds_all_values_and_the_threshold():
    low, high = CHARTS["rate"]()["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low < 85
    assert high == 100


def test_missing_hours_are_shaded_and_named_in_the_legend():
    assert "No data" in str(CHARTS["hourly volume"]())
    assert "No data" not in str(CHARTS["hourly volume, nothing missing"]())


@pytest.mark.parametrize(
    "module",
    [
        "sms_monitoring.charts.specs",
        "sms_monitoring.charts.png",
        "sms_monitoring.digest.send",
        "sms_monitoring.digest.render",
    ],
)
def test_importing_it_loads_nothing_heavy(module):
    heavy = {"altair", "vl_convert", "pandas", "numpy", "jinja2", "airflow"}
    code = f"import sys, {module}; print(*sorted({heavy} & sys.modules.keys()))"
    plugins = Path(__file__).resolve().parents[2] / "plugins"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": str(plugins)}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
