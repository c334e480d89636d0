"""The guide's curl examples, as printed but for the host, give the guide's documents: same keys, same types, and
over the same numbers, the same values."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.alerts.incidents import incident
from tests.api.rows import day, of_user, today
from tests.product import at

GUIDE = Path(__file__).parent / "guide"
HOST = "https://build-os.com"
EXAMPLES = json.loads((GUIDE / "curl.json").read_text())
TODAY = {"scheduled": 150, "sent": 145, "delivered": 138, "failed": 7, "llm_success": 120, "template_fallback": 25}


@pytest.fixture(scope="module")
def server(airflow_app):
    """Airflow's API server on a real socket."""
    import uvicorn

    config = uvicorn.Config(airflow_app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    begun = threading.Event()
    start_up = server.startup

    async def startup(sockets=None):
        await start_up(sockets)
        begun.set()

    server.startup = startup
    thread = threading.Thread(target=server.run)
    thread.start()
    assert begun.wait(30)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def curl(server, client, token):
    """``curl("daily")``: the answer to the guide's example, run by a shell."""
    client("ann")

    def run(name, **instead):
        command = EXAMPLES[name].replace(HOST, server)
        for printed, given in instead.items():
            command = command.replace(printed.replace("_", "-"), given)
        environment = {**os.environ, "TOKEN": token("ann"), "no_proxy": "127.0.0.1"}
        done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


def expected(name):
    return json.loads((GUIDE / f"{name}.json").read_text())


def shape(value):
    """Keys and types; of a list, those of what is in it."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def test_daily(db, curl):
    day(db, "2025-10-08", active_users=42, **TODAY)
    assert curl("daily") == expected("daily")


def test_daily_gives_whole_numbers_as_whole_numbers(db, curl):
    day(db, "2025-10-08", active_users=42, **TODAY)
    for name, value in curl("daily")["data"][0].items():
        assert type(value) is type(expected("daily")["data"][0][name]), name


def test_user(db, curl):
    """Numbers of two days, in sum the guide's."""
    of_user(db, "ann", today(), scheduled=20, sent=19, delivered=19, llm_cost_usd=0.001, llm_success=3)
    of_user(db, "ann", today() - timedelta(days=6), scheduled=5, sent=5, delivered=4, failed=1, llm_cost_usd=0.0002)
    of_user(db, "ann", today() - timedelta(days=7), scheduled=99)
    of_user(db, "bob", today(), scheduled=99)
    document = curl("user")
    guide = expected("user")
    assert document["data"]["summary"] == guide["data"]["summary"]
    assert document["user_id"] == "ann"
    assert shape({**document, "data": {**document["data"], "metrics": [""]}}) == shape(guide)
    newest, oldest = document["data"]["metrics"]
    assert newest == {
        "metric_date": str(today()),
        "scheduled_count": 20,
        "sent_count": 19,
        "delivered_count": 19,
        "failed_count": 0,
        "cancelled_count": 0,
        "delivery_rate_percent": 100.0,
        "llm_success_count": 3,
        "template_fallback_count": 0,
        "llm_success_rate_percent": 100.0,
        "llm_cost_usd": 0.001,
        "sms_cost_usd": 0.0,
    }
    assert (oldest["delivery_rate_percent"], oldest["llm_success_rate_percent"]) == (80.0, None)


def test_today(db, curl):
    day(db, today(), active_users=42, **TODAY)
    guide = expected("today")
    guide["data"]["metric_date"] = str(today())
    assert curl("today") == guide


def test_summary(db, curl):
    day(db, today(), active_users=42, llm_cost_usd=0.0012, **TODAY)
    rest = {"scheduled": 900, "sent": 875, "delivered": 837, "failed": 38, "llm_success": 140, "template_fallback": 35}
    day(db, today() - timedelta(days=6), llm_cost_usd=0.0072, **rest)
    day(db, today() - timedelta(days=7), sent=5000)
    document, guide = curl("summary"), expected("summary")
    assert document["data"]["today"] == {
        **expected("daily")["data"][0],
        "metric_date": str(today()),
    }
    assert shape({**document, "data": {**document["data"], "today": ""}}) == shape(guide)
    for part in ("week", "alerts", "health"):
        assert document["data"][part] == guide["data"][part], part
    assert len(document["timestamp"]) == len(guide["timestamp"])
    assert document["timestamp"].startswith(str(today()))
    assert document["timestamp"].endswith("Z")


def test_alerts(db, curl):
    """The guide shows no document: these are the keys of every alert."""
    fired = incident(db, metric_value=80, threshold_value=90, sample_size=120, window_end=at("10:00"))
    incident(db, "llm_cost_spike_warning", resolved_at=at("11:00"))
    assert curl("alerts") == {
        "success": True,
        "data": [
            {
                "id": str(fired),
                "alert_type": "delivery_rate_critical",
                "entity": "all",
                "severity": "critical",
                "message": "it broke",
                "metric_value": 80.0,
                "threshold_value": 90.0,
                "sample_size": 120,
                "window_start": None,
                "window_end": "2026-03-10T10:00:00Z",
                "triggered_at": "2026-03-10T10:00:00Z",
                "acknowledged_at": None,
                "acknowledged_by": None,
                "resolved_at": None,
                "resolved_by": None,
            }
        ],
        "next_cursor": None,
    }


def test_alert_history(db, curl):
    inside = [
        incident(db, entity="first", triggered_at=at("2025-10-01 00:00")),
        incident(db, entity="last", triggered_at=at("2025-10-08 23:59"), resolved_at=at("2025-10-09 01:00")),
    ]
    incident(db, entity="before", triggered_at=at("2025-09-30 23:59"))
    incident(db, entity="after", triggered_at=at("2025-10-09 00:00"))
    found = curl("alert_history")
    assert [alert["id"] for alert in found["data"]] == [str(each) for each in reversed(inside)]


def test_resolve_alert(db, curl):
    fired = incident(db)
    document = curl("resolve_alert", alert_uuid=str(fired))
    assert document["success"] is True
    assert (document["data"]["id"], document["data"]["resolved_by"]) == (str(fired), "ann")
    assert db.execute("SELECT resolved_by FROM sms_alert_history").fetchall() == [("ann",)]
