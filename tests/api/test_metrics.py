"""What the guide leaves open: days without numbers, health, whose metrics one may see, which ranges make sense."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.alerts.incidents import incident
from tests.api.rows import day, of_user, today

QUIET = {"delivery_healthy": True, "llm_healthy": True, "overall_healthy": True}


def refused(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["error"]["parameter"]


# ── /daily ───────────────────────────────────────────────────────────────────────────────────


def test_the_end_defaults_to_the_start(db, client):
    day(db, "2025-10-07", sent=1)
    day(db, "2025-10-08", sent=2)
    document = client().get("/daily?start_date=2025-10-07").json()
    assert [row["metric_date"] for row in document["data"]] == ["2025-10-07"]
    assert document["date_range"] == {"start": "2025-10-07", "end": "2025-10-07"}


def test_days_come_newest_first_and_days_without_numbers_not_at_all(db, client):
    for number in (1, 2, 4):
        day(db, f"2025-10-0{number}", sent=number)
    document = client().get("/daily?start_date=2025-10-01&end_date=2025-10-08").json()
    assert [row["sent_count"] for row in document["data"]] == [4, 2, 1]


def test_of_nothing_sent_there_is_no_rate(db, client):
    day(db, "2025-10-08", scheduled=3)
    [row] = client().get("/daily?start_date=2025-10-08").json()["data"]
    assert (row["sent_count"], row["delivery_rate_percent"], row["llm_success_rate_percent"]) == (0, None, None)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "start_date"),
        ("start_date=", "start_date"),
        ("start_date=2025-02-30", "start_date"),
        ("start_date=0000-01-01", "start_date"),
        ("start_date=12025-01-01", "start_date"),
        ("start_date=infinity", "start_date"),
        ("start_date=1759276800", "start_date"),
        ("start_date=2025-10-01T00:00:00", "start_date"),
        ("start_date=01/10/2025", "start_date"),
        ("start_date=2025-10-01&end_date=yesterday", "end_date"),
        ("start_date=2025-10-08&end_date=2025-10-07", "end_date"),
        ("start_date=2024-01-01&end_date=2025-02-04", "end_date"),
    ],
)
def test_what_is_no_range_of_days_is_refused(client, query, parameter):
    assert refused(client().get(f"/daily?{query}")) == parameter


@pytest.mark.parametrize(
    "query", ["start_date=0001-01-01", "start_date=9999-12-31", "start_date=2024-01-01&end_date=2025-02-03"]
)
def test_the_widest_ranges_that_are_answered(client, query):
    assert client().get(f"/daily?{query}").json()["data"] == []


# ── /user ────────────────────────────────────────────────────────────────────────────────────


def test_a_user_without_rights_sees_their_own_metrics(db, client):
    of_user(db, "nell", today(), sent=4, delivered=3)
    document = client("nell").get("/user").json()
    assert (document["user_id"], document["data"]["summary"]["days"]) == ("nell", 30)
    assert document["data"]["summary"]["delivery_rate_percent"] == 75.0
    assert client("nell").get("/user?user_id=nell").json() == document


def test_a_user_without_rights_sees_no_other_and_not_even_whether_there_is_one(db, client):
    of_user(db, "ann", today(), sent=4)
    known, unknown = (client("nell").get(f"/user?user_id={name}") for name in ("ann", "nobody"))
    assert known.status_code == unknown.status_code == 403
    assert known.text == unknown.text
    assert known.json()["error"]["parameter"] == "user_id"


def test_a_reader_sees_any_user(db, client):
    of_user(db, "user-1", today(), sent=4)
    assert client("vic").get("/user?user_id=user-1").json()["data"]["summary"]["total_sent"] == 4


def test_of_a_user_without_metrics_all_is_zero(client):
    assert client("vic").get("/user?days=365").json()["data"] == {
        "metrics": [],
        "summary": {
            "total_scheduled": 0,
            "total_sent": 0,
            "total_delivered": 0,
            "total_failed": 0,
            "delivery_rate_percent": None,
            "total_llm_cost_usd": "0.0000",
            "days": 365,
        },
    }


@pytest.mark.parametrize(
    "query", ["days=0", "days=366", "days=-1", "days=seven", "days=1.5", "days=99999999999999999999"]
)
def test_days_are_1_to_365(client, query):
    assert refused(client().get(f"/user?{query}")) == "days"


@pytest.mark.parametrize("query", ["user_id=", "user_id=a%00b", f"user_id={'x' * 201}"])
def test_what_is_no_user_id_is_refused(client, query):
    assert refused(client().get(f"/user?{query}")) == "user_id"


# ── /today and /summary ──────────────────────────────────────────────────────────────────────


def test_before_the_first_hour_today_is_zeros_and_healthy(client):
    assert client().get("/today").json()["data"] == {
        "metric_date": str(today()),
        "scheduled_count": 0,
        "sent_count": 0,
        "delivered_count": 0,
        "delivery_rate_percent": None,
        "llm_success_rate_percent": None,
        "active_users": 0,
        "health": QUIET,
    }


def health(client, path="/today"):
    return client().get(path).json()["data"]["health"]


@pytest.mark.parametrize(
    ("metrics", "healthy"),
    [
        ({"sent": 100, "delivered": 90}, QUIET),
        ({"sent": 100, "delivered": 89}, {**QUIET, "delivery_healthy": False, "overall_healthy": False}),
        # Too few to judge by: the threshold's minimum sample is 30.
        ({"sent": 29, "delivered": 0}, QUIET),
        ({"llm_success": 50, "template_fallback": 50}, QUIET),
        ({"llm_success": 49, "template_fallback": 51}, {**QUIET, "llm_healthy": False, "overall_healthy": False}),
    ],
)
def test_a_rate_past_its_threshold_is_not_healthy(db, client, metrics, healthy):
    day(db, today(), **metrics)
    assert health(client) == healthy


def test_the_threshold_in_the_table_decides(db, client):
    day(db, today(), sent=100, delivered=89)
    db.execute("UPDATE sms_alert_thresholds SET threshold_value = 85 WHERE alert_type = 'delivery_rate_critical'")
    assert health(client) == QUIET


def test_a_disabled_threshold_measures_nothing(db, client):
    day(db, today(), sent=100, delivered=0)
    db.execute("UPDATE sms_alert_thresholds SET enabled = false WHERE alert_type = 'delivery_rate_critical'")
    assert health(client) == QUIET


def test_while_its_incident_is_open_a_rate_is_not_healthy(db, client):
    incident(db, "delivery_rate_critical")
    incident(db, "llm_failure_critical", resolved_at=db.execute("SELECT now()").fetchone()[0])
    assert health(client) == {"delivery_healthy": False, "llm_healthy": True, "overall_healthy": False}


def test_an_open_warning_needs_attention_but_the_system_works(db, client):
    incident(db, "llm_cost_spike_warning")
    assert health(client, "/summary") == {**QUIET, "alerts_healthy": True, "status": "attention"}


def test_an_open_critical_alert_is_critical(db, client):
    incident(db, "custom_critical")
    document = client().get("/summary").json()["data"]
    assert document["health"] == {**QUIET, "overall_healthy": False, "alerts_healthy": False, "status": "critical"}
    assert (document["alerts"]["unresolved_count"], document["alerts"]["has_critical"]) == (1, True)


def test_the_summary_shows_the_newest_five_alerts_and_counts_all(db, client):
    now = db.execute("SELECT now()").fetchone()[0]
    for age in range(7):
        incident(db, entity=f"e{age}", triggered_at=now - timedelta(hours=age))
    alerts = client().get("/summary").json()["data"]["alerts"]
    assert alerts["unresolved_count"] == 7
    assert [alert["entity"] for alert in alerts["recent"]] == ["e0", "e1", "e2", "e3", "e4"]


@pytest.mark.parametrize("path", ["/daily?start_date=2025-10-01", "/today", "/summary", "/alerts"])
def test_numbers_of_the_system_are_for_readers(client, path):
    assert client("vic").get(path).status_code == 200
    assert client("nell").get(path).status_code == 403
    assert client(None).get(path).status_code == 401
