"""Everything that is refused: in one shape, saying which parameter and why, and with nothing changed."""

from __future__ import annotations

import json

import pytest

from tests.alerts.incidents import incident
from tests.api.rows import day, today

THRESHOLD = "/thresholds/delivery_rate_critical"
SQL = [
    "'; DROP TABLE sms_alert_history; --",
    "1' OR '1'='1",
    "1); DELETE FROM sms_alert_thresholds; SELECT (1",
    "%(limit)s",
    "$1; SELECT pg_sleep(10)",
]


def error(answer, status):
    """The error of an answer, after a look at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert set(document) == {"success", "error"}
    assert document["success"] is False
    assert set(document["error"]) == {"code", "message", "parameter", "problems"}
    assert document["error"]["message"]
    return document["error"]


def test_400_for_what_is_not_json(client):
    answer = client().post("/alerts", content='{"alert_id": ', headers={"Content-Type": "application/json"})
    assert error(answer, 400)["code"] == "bad_request"


def test_401_for_nobody_says_how_to_log_in(client):
    answer = client(None).get("/today")
    assert error(answer, 401) == {
        "code": "not_logged_in",
        "message": "Log in to Airflow, or send a token: Authorization: Bearer …",
        "parameter": None,
        "problems": [],
    }
    assert answer.headers["www-authenticate"] == "Bearer"


def test_401_for_an_expired_token(client, token):
    answer = client(None).get("/today", headers={"Authorization": f"Bearer {token('ann', seconds=-60)}"})
    assert "expired" in error(answer, 401)["message"].lower()


@pytest.mark.parametrize("wrong", ["nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."])
def test_a_wrong_token_is_refused(client, wrong):
    """With 403, as Airflow's own API does."""
    answer = client(None).get("/today", headers={"Authorization": f"Bearer {wrong}"})
    assert "token" in error(answer, 403)["message"]


def test_a_token_signed_with_another_key_is_refused(client, token):
    head, body, _ = token("ann").split(".")
    signature = token("vic").split(".")[2]
    answer = client(None).get("/today", headers={"Authorization": f"Bearer {head}.{body}.{signature}"})
    assert error(answer, 403)["code"] == "not_allowed"


def test_403_for_a_user_without_the_permission(client):
    found = error(client("vic").post("/alerts", json={}), 403)
    assert found["message"] == "Your Airflow user has no permission for this."


def test_404_for_a_path_that_there_is_not(client):
    assert error(client().get("/nothing"), 404)["message"] == "There is nothing here."


def test_404_for_an_alert_that_there_is_not(client):
    answer = client().post("/alerts", json={"alert_id": "11111111-1111-4111-8111-111111111111"})
    assert "no incident 11111111" in error(answer, 404)["message"]


def test_405_names_the_methods_that_there_are(client):
    answer = client().delete("/today")
    assert error(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET"


def test_413_for_a_body_of_10_mb(client):
    found = error(client().post("/alerts", json={"alert_id": "x" * 10_000_000}), 413)
    assert found["message"] == "The body has more than 64 KB."


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_415_for_a_body_that_is_not_declared_as_json(db, client, media_type):
    fired = incident(db)
    headers = {"Content-Type": media_type} if media_type else {}
    answer = client().post("/alerts", content=json.dumps({"alert_id": str(fired)}), headers=headers)
    assert "application/json" in error(answer, 415)["message"]


def test_422_names_the_parameter_and_why(client):
    found = error(client().get("/daily?start_date=2025-02-30"), 422)
    assert (found["code"], found["parameter"]) == ("invalid_parameter", "start_date")
    assert found["message"].startswith("start_date: ")


def test_422_names_all_problems(client):
    found = error(client().get("/daily?start_date=x&end_date=y"), 422)
    assert found["parameter"] is None
    assert [problem["parameter"] for problem in found["problems"]] == ["start_date", "end_date"]


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "7", '{"alert_id": {"a": 1}}', '{"\\ud800": 1}', "NaN"])
def test_422_for_json_of_another_shape(client, body):
    error(client().post("/alerts", content=body, headers={"Content-Type": "application/json"}), 422)


def test_429_says_when_to_come_back(client, monkeypatch):
    from sms_monitoring.api import rate_limits

    monkeypatch.setenv("SMS_MONITORING_API_RATE_LIMIT", "2/minute")
    rate_limits.forget()
    asked = client()
    assert [asked.get("/me").status_code for _ in range(2)] == [200, 200]
    answer = asked.get("/me")
    assert "More than 2 requests" in error(answer, 429)["message"]
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    # Everybody has a limit of their own.
    assert client("vic").get("/me").status_code == 200
    monkeypatch.undo()
    rate_limits.forget()


def test_the_pages_own_files_are_counted_apart(client, monkeypatch):
    from sms_monitoring.api import rate_limits

    monkeypatch.setenv("SMS_MONITORING_API_RATE_LIMIT", "2/minute")
    monkeypatch.setattr(rate_limits, "FILES", "5/minute")
    rate_limits.forget()
    asked = client()
    files = ["/dashboard/", *["/dashboard/static/js/main.js"] * 4]
    assert [asked.get(path).status_code for path in files] == [200] * 5
    assert asked.get("/me").status_code == 200
    assert "More than 5 files" in error(asked.get("/dashboard/static/js/main.js"), 429)["message"]
    assert asked.get("/me").status_code == 200
    monkeypatch.undo()
    rate_limits.forget()


def test_changes_have_a_lower_limit(client, monkeypatch):
    from sms_monitoring.api import rate_limits

    monkeypatch.setattr(rate_limits, "COSTLY", "1/minute")
    asked = client()
    assert asked.post("/alerts", json={}).status_code == 422
    assert "changes" in error(asked.post("/alerts", json={}), 429)["message"]
    assert asked.get("/me").status_code == 200


def test_a_fault_of_ours_tells_nothing_of_the_inside(client, monkeypatch):
    from sms_monitoring.api.routes import metrics

    def fail():
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(metrics, "_today", fail)
    answer = client().get("/today")
    assert error(answer, 500)["code"] == "internal_error"
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_was_never_migrated_says_so(client, postgres, monkeypatch):
    from sms_monitoring.api import database
    from tests.api.conftest import as_airflow_connection

    asked = client()
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", as_airflow_connection(postgres.uri("postgres")))
    database.close_pool()
    answer = asked.get("/today")
    assert "has not been migrated" in error(answer, 503)["message"]
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("statement", "status", "said"),
    [
        ("SET default_transaction_read_only = on", 503, "read-only"),
        ("SET role = 'pg_read_all_data'", 403, "permission denied for table sms_alert_"),
    ],
    ids=["a standby", "a role that may only read"],
)
def test_a_database_that_takes_no_changes_is_read_and_says_so(db, client, statement, status, said):
    opened = incident(db)
    name = db.info.dbname
    db.execute(f'ALTER DATABASE "{name}" {statement}')
    assert client().get("/incidents").json()["data"][0]["id"] == str(opened)
    for path in (f"/incidents/{opened}/acknowledge", f"/incidents/{opened}/resolve", "/channels/slack/test"):
        assert said in error(client().post(path), status)["message"]
    assert said in error(client().patch(THRESHOLD, json={"changes": {"owner": "x"}}), status)["message"]
    assert db.execute("SELECT count(*) FROM sms_alert_audit").fetchone() == (0,)


def test_a_table_of_an_older_version_says_so(db, client):
    db.execute("ALTER TABLE sms_alert_notifications RENAME last_error TO failure")
    found = error(client().get("/deliveries/1"), 503)
    assert found["message"] == "The metrics database lacks a column: it has not been migrated to this version yet."


@pytest.mark.parametrize("connection", [None, '{"conn_type": "postgres", "extra": {"no_such_option": 1}}'])
def test_without_a_connection_to_the_metrics_every_route_says_so(client, monkeypatch, connection):
    asked = client()
    if connection:
        monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", connection)
    else:
        monkeypatch.delenv("AIRFLOW_CONN_SMS_MONITORING_DB")
    for path in ("/today", "/export/sms_metrics.csv"):
        assert error(asked.get(path), 503)["code"] == "unavailable"
    assert error(asked.post(f"{THRESHOLD}/replay", json={}), 503)["code"] == "unavailable"


# ── SQL in every parameter ───────────────────────────────────────────────────────────────────


def tables(db):
    """All rows that a request could reach, as text."""
    names = ("sms_alert_history", "sms_alert_thresholds", "sms_alert_audit", "sms_metrics_by_day", "sms_metrics")
    return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


@pytest.mark.parametrize("text", SQL)
def test_sql_in_a_parameter_changes_nothing(db, client, text):
    incident(db)
    day(db, today(), sent=1)
    before = tables(db)
    asked = client()
    gets = {
        "/daily": {"start_date": text, "end_date": text},
        "/user": {"user_id": text, "days": text},
        "/alerts": {"type": text, "limit": text, "start_date": text, "end_date": text, "cursor": text},
    }
    good = {"start_date": "2025-10-01"}
    for path, parameters in gets.items():
        for name, value in parameters.items():
            answer = asked.get(path, params={**(good if path == "/daily" else {}), name: value})
            # Any text may be a user's id: one who has no metrics.
            assert answer.status_code == (200 if name == "user_id" else 422), (path, name)
    assert asked.post("/alerts", json={"alert_id": text}).status_code == 422
    assert asked.post("/alerts", json={text: text}).status_code == 422
    assert tables(db) == before


# ── Cookie and cross-site requests ───────────────────────────────────────────────────────────


@pytest.fixture
def browser(client, token):
    """``browser("ann")``: a browser that is logged in to Airflow."""

    def make(name):
        asked = client(None)
        asked.cookies.set("_token", token(name))
        return asked

    return make


def test_the_session_cookie_is_as_good_as_a_token(browser):
    assert browser("ann").get("/me").json()["data"]["name"] == "ann"


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    # An empty token is none: the cookie would speak.
    {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer "},
]
OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://testserver"},
    # Behind a proxy that asks with a host of its own.
    {"Origin": "http://testserver", "Host": "airflow-api:8080"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_cannot_act_with_the_cookie(db, browser, headers):
    fired = incident(db)
    answer = browser("ann").post("/alerts", json={"alert_id": str(fired)}, headers=headers)
    assert "Airflow's own pages" in error(answer, 403)["message"]
    assert db.execute("SELECT resolved_at FROM sms_alert_history").fetchall() == [(None,)]


@pytest.mark.parametrize("headers", OWN)
def test_airflows_own_page_can(db, browser, headers):
    fired = incident(db)
    assert browser("ann").post("/alerts", json={"alert_id": str(fired)}, headers=headers).status_code == 200


def test_a_token_is_enough_wherever_it_comes_from(db, client):
    """No page can know one."""
    fired = incident(db)
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://tools.example"}
    assert client().post("/alerts", json={"alert_id": str(fired)}, headers=headers).status_code == 200


def test_no_other_site_may_read_an_answer(client):
    answer = client().get("/me", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
