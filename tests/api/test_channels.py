"""Channels: whether they work, shown without a secret; and to try one out."""

from __future__ import annotations

import json

import pytest

from tests.alerts import incidents
from tests.alerts.acting import edit
from tests.notify.far_sides import HttpFarSide, running

SECRET = "T0SECRET/B0SECRET/xoxbSECRETsecret"


@pytest.fixture
def far_side():
    with running(HttpFarSide()) as server:
        yield server


@pytest.fixture
def slack(far_side, monkeypatch):
    """A Slack that answers as the test wants, and its connection."""
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.lower(), raising=False)
    connection = {
        "conn_type": "slackwebhook",
        "host": f"http://127.0.0.1:{far_side.port}/services",
        "password": SECRET,
    }
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", json.dumps(connection))
    return far_side


def the(channels, name):
    [found] = [channel for channel in channels.json()["data"] if channel["channel"] == name]
    return found


def send_test(client, channel="slack"):
    """The delivery as it stands once this server has done with it."""
    from sms_monitoring.api.routes.channels import deliverer

    answer = client("ann").post(f"/channels/{channel}/test")
    assert answer.status_code == 202, answer.text
    deliverer.wait(20)
    return client("vic").get(f"/deliveries/{answer.json()['data']['notification_id']}").json()["data"]


# ── To look at ───────────────────────────────────────────────────────────────────────────────────


def test_every_channel_is_shown_with_what_uses_it(client, db, slack):
    edit(db, {"additional_channels": ["slack"], "escalation_channel": "sms", "escalate_after_minutes": 5})
    edit(db, {"enabled": False}, alert_type="opt_out_rate_warning")
    db.execute("UPDATE sms_alert_thresholds SET enabled = false WHERE owner = 'data-engineering'")
    answer = client("vic").get("/channels")
    assert the(answer, "slack") == {
        "channel": "slack",
        "description": "Slack incoming webhook; Airflow connection sms_monitoring_slack",
        "configured": True,
        "configuration_problem": None,
        "fallback_channel": "email",
        "carries_acknowledgements": True,
        "in_use_by": ["daily_limit_hit_warning", "delivery_rate_critical", "llm_cost_spike_warning"],
        "last_sent_at": None,
        "waiting": 0,
        "failed_24h": 0,
        "last_error": None,
    }
    assert the(answer, "sms")["in_use_by"] == ["delivery_rate_critical"]
    assert the(answer, "webhook")["in_use_by"] == []
    assert "SECRET" not in answer.text


def test_a_connection_that_is_missing_is_named_and_how_to_set_it(client, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", raising=False)
    slack = the(client().get("/channels"), "slack")
    assert slack["configured"] is False
    assert "sms_monitoring_slack" in slack["configuration_problem"]
    assert "airflow connections add" in slack["configuration_problem"]


def test_a_channel_without_a_module_is_not_configured(client, db):
    db.execute("INSERT INTO sms_notification_channels (channel, description) VALUES ('pigeon', 'By pigeon')")
    pigeon = the(client().get("/channels"), "pigeon")
    assert (pigeon["configured"], "pigeon" in pigeon["configuration_problem"]) == (False, True)


def test_how_deliveries_fare(client, db):
    def delivery(status, age, **row):
        row = {"event": "test", "channel": "slack", "dedup_key": "x", "message": "{}", "status": status, **row}
        row["created_at"] = db.execute("SELECT now() - %s::interval", (age,)).fetchone()[0]
        return incidents.insert(db, "sms_alert_notifications", **row)

    delivery("failed", "25 hours", last_error="long ago")
    delivery("failed", "2 hours", last_error="Slack answered 500")
    delivery("pending", "1 hour")
    slack = the(client().get("/channels"), "slack")
    assert (slack["failed_24h"], slack["waiting"], slack["last_error"]) == (1, 1, "Slack answered 500")
    delivery("sent", "1 minute", sent_at="2099-01-01T00:00Z")
    slack = the(client().get("/channels"), "slack")
    assert (slack["last_sent_at"], slack["last_error"]) == ("2099-01-01T00:00:00Z", None)


# ── To try out ───────────────────────────────────────────────────────────────────────────────────


def test_a_test_message_arrives_at_once(client, slack):
    delivery = send_test(client)
    assert (delivery["event"], delivery["channel"], delivery["status"]) == ("test", "slack", "sent")
    assert (delivery["attempts"], delivery["incident_id"], delivery["next_attempt_at"]) == (1, None, None)
    assert slack.requests == 1
    said = slack.last[1].decode()
    assert "Test alert" in said
    assert "ann" in said
    assert the(client().get("/channels"), "slack")["last_sent_at"] == delivery["sent_at"]


def test_each_test_is_one_of_its_own(client, db, slack):
    assert send_test(client)["id"] != send_test(client)["id"]
    assert slack.requests == 2
    [[keys]] = db.execute("SELECT count(DISTINCT dedup_key) FROM sms_alert_notifications")
    assert keys == 2


def test_what_a_far_side_says_is_shown_without_the_secret(client, slack):
    slack.status, slack.body = 500, f"no luck with https://hooks.example.com/services/{SECRET}"
    answer = send_test(client)
    assert answer["status"] == "pending"
    assert answer["last_error"].startswith("Slack answered 500: no luck")
    assert answer["next_attempt_at"] > answer["created_at"]
    everything = json.dumps(answer) + client().get("/channels").text
    assert not [part for part in (SECRET, *SECRET.split("/")[2:]) if part in everything]


def test_a_channel_without_a_connection_says_what_is_missing(client, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", raising=False)
    delivery = send_test(client)
    assert delivery["status"] == "pending"
    assert "sms_monitoring_slack" in delivery["last_error"]


def test_a_test_delivers_beside_a_dispatcher_and_nothing_twice(client, db, slack):
    import threading

    from sms_monitoring.api.routes.channels import deliverer
    from sms_monitoring.notify.dispatch import dispatch

    numbers = [client().post("/channels/slack/test").json()["data"]["notification_id"] for _ in range(3)]
    other = threading.Thread(target=dispatch, args=(db, "slack", "dag"))
    other.start()
    other.join(20)
    deliverer.wait(20)
    found = db.execute("SELECT id, status, attempts FROM sms_alert_notifications ORDER BY id").fetchall()
    assert found == [(number, "sent", 1) for number in numbers]


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def test_who_may_only_read_may_not_send(client, db):
    assert client("vic").post("/channels/slack/test").status_code == 403
    assert client(None).post("/channels/slack/test").status_code == 401
    assert client("nell").get("/channels").status_code == 403
    assert client("nell").get("/deliveries/1").status_code == 403
    assert db.execute("SELECT count(*) FROM sms_alert_notifications").fetchone() == (0,)


@pytest.mark.parametrize("channel", ["pigeon", "Slack", "slack'; DROP TABLE sms_metrics; --", "é", "%FF"])
def test_a_channel_that_is_not_there(client, channel):
    answer = client().post(f"/channels/{channel}/test")
    assert answer.status_code == 404
    assert "email, pagerduty, slack, sms, webhook" in answer.json()["error"]["message"]


@pytest.mark.parametrize("channel", ["%00", "slack%00", "x" * 201])
def test_a_name_that_no_channel_can_have(client, channel):
    assert client().post(f"/channels/{channel}/test").status_code == 422


@pytest.mark.parametrize(
    ("number", "status"), [("1", 404), ("0", 422), ("x", 422), ("9223372036854775807", 404), ("9" * 30, 422)]
)
def test_a_delivery_that_is_not_there(client, number, status):
    answer = client().get(f"/deliveries/{number}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (status, "delivery_id")


def test_so_many_tests_in_a_minute(client, monkeypatch):
    from sms_monitoring.api.routes import channels

    monkeypatch.setattr(channels, "TESTS", "1/minute")
    assert client().post("/channels/pigeon/test").status_code == 404
    refused = client().post("/channels/pigeon/test")
    assert (refused.status_code, refused.json()["error"]["message"][:26]) == (429, "More than 1 test messages ")
