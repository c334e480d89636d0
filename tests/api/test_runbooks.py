"""Runbooks as pages: every alert type that this bundle ships has one, and it can be followed."""

from __future__ import annotations

import re

import pytest

from sms_monitoring import runbooks
from sms_monitoring.links import to_runbook
from tests.api.conftest import BASE

HOURLY = [
    "daily_limit_hit_warning",
    "data_quality_critical",
    "delivery_rate_critical",
    "llm_cost_spike_warning",
    "llm_failure_critical",
    "opt_out_rate_warning",
]
SECTIONS = ["What it means", "First look", "Usual causes", "How to mend it", "How to silence it"]


def test_every_shipped_alert_type_has_one(db):
    shipped = {name for (name,) in db.execute("SELECT alert_type FROM sms_alert_thresholds").fetchall()}
    assert shipped - set(runbooks.names()) == set()


@pytest.mark.parametrize("alert_type", HOURLY)
def test_each_is_cut_alike(alert_type):
    text = runbooks.read(alert_type)
    assert text.startswith(f"# {alert_type}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("alert_type", runbooks.names())
def test_its_sql_can_be_pasted(db, alert_type):
    statements = re.findall(r"```sql\n(.*?)```", runbooks.read(alert_type), re.DOTALL)
    assert statements or alert_type not in HOURLY
    for each in statements:
        with db.transaction(force_rollback=True):
            db.execute(each)


def test_it_is_a_page_for_who_may_read_metrics(client):
    answer = client("vic").get("/runbooks/delivery_rate_critical")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>delivery_rate_critical · SMS monitoring</title>" in answer.text
    assert 'href="../dashboard/static/css/catalogue.css"' in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert client("nell").get("/runbooks/delivery_rate_critical").status_code == 403
    assert client(None).get("/runbooks/delivery_rate_critical").status_code == 401


def test_it_is_where_the_links_say():
    assert f"/{to_runbook('outbox_stuck')}" == f"{BASE}/runbooks/outbox_stuck"


@pytest.mark.parametrize("name", ["nothing", "..%2f__init__", "__init__", "__init__.py", "%00", "x" * 300])
def test_there_is_nothing_else(client, name):
    answer = client("vic").get(f"/runbooks/{name}")
    assert answer.status_code in (404, 422)
    assert "import" not in answer.text
