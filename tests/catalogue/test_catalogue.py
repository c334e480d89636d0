"""The catalogue says what is there, and nothing in it can do harm."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sms_monitoring.catalogue.entries import describe_alerts, describe_channels
from sms_monitoring.catalogue.page import render
from sms_monitoring.operators import alert_operators, alert_types

REPOSITORY = Path(__file__).resolve().parents[2]

WRITTEN = "from sms_monitoring.catalogue.__main__ import from_this_checkout; print(from_this_checkout(), end='')"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The catalogue as ``make catalogue`` would write it, in a process without anybody's settings."""
    foreign = ("SMS_MONITORING_", "AIRFLOW_")
    own = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    environment = {
        **own,
        "PYTHONPATH": str(REPOSITORY / "plugins"),
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", WRITTEN], env=environment, capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    return done.stdout[done.stdout.index("<!--") :]


def test_the_committed_catalogue_is_what_the_code_says(made):
    committed = (REPOSITORY / "docs" / "CATALOGUE.md").read_text(encoding="utf-8")
    assert made == committed, "docs/CATALOGUE.md is outdated; run: make catalogue"


def test_it_has_every_dag_alert_type_and_channel(made):
    for path in (REPOSITORY / "dags").glob("*.py"):
        assert f"\n### {path.stem}\n" in made
    for alert in alert_types():
        assert f"| [`{alert.name}`](../plugins/sms_monitoring/runbooks/{alert.name}.md) |" in made
    for channel in ("slack", "pagerduty", "email", "sms", "webhook"):
        assert f"| `{channel}` |" in made


def test_an_alert_is_described_by_its_own_files():
    [entry] = [each for each in describe_alerts(alert_operators()) if each.alert_type == "delivery_rate_critical"]
    assert entry.question == "Are messages delivered?"
    assert entry.fires_when.startswith("The share of the hour's sent messages")
    assert entry.measures.startswith("Percent of the messages sent in the window")
    assert (entry.hours, entry.families) == (1, ("delivery",))


def test_a_channel_is_described_by_its_module():
    [entry] = describe_channels(["email"])
    assert entry.doc.startswith("E-mail, through SMTP")


def test_the_page_shows_tables_links_to_headings_and_keeps_html_text():
    page = render("# A\n\n### b_c\n\n| x |\n| --- |\n| <script>alert(1)</script> |\n", stylesheets=("a.css",))
    assert '<h3 id="b_c">' in page
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>" in page
    assert '<link rel="stylesheet" href="a.css">' in page
