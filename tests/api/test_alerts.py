"""The guide's alerts beyond its examples: paging, what is refused, who may resolve."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.alerts.acting import audit
from tests.alerts.incidents import incident
from tests.product import at


def entities(client, query):
    return [alert["entity"] for alert in client().get(f"/alerts?{query}").json()["data"]]


def test_unresolved_is_the_default_and_the_newest_comes_first(db, client):
    incident(db, entity="older", triggered_at=at("09:00"))
    incident(db, entity="newer", triggered_at=at("10:00"))
    incident(db, entity="over", resolved_at=at("11:00"))
    assert entities(client, "") == entities(client, "type=unresolved") == ["newer", "older"]


def test_history_without_an_end_goes_up_to_now(db, client):
    incident(db, entity="before", triggered_at=at("2026-03-08 23:59"))
    incident(db, entity="long over", triggered_at=at("2026-03-09 00:00"), resolved_at=at("11:00"))
    incident(db, entity="now", triggered_at=db.execute("SELECT now()").fetchone()[0])
    assert entities(client, "type=history&start_date=2026-03-09") == ["now", "long over"]


def test_pages_follow_one_another_without_a_gap_or_a_repeat(db, client):
    """Also among alerts of the same moment."""
    for number in range(7):
        incident(db, entity=f"e{number}", triggered_at=at("10:00") + timedelta(minutes=number // 4))
    seen, cursor = [], ""
    while cursor is not None:
        page = client().get(f"/alerts?limit=3{cursor and '&cursor=' + cursor}").json()
        seen.append([alert["entity"] for alert in page["data"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in seen] == [3, 3, 1]
    assert sorted(entity for page in seen for entity in page) == [f"e{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("type=all", "type"),
        ("type=history", "start_date"),
        ("type=history&start_date=soon", "start_date"),
        ("type=history&start_date=2026-03-09&end_date=2026-03-08", "end_date"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyIyMDI2LTAzLTEwIiwgIngiXQ", "cursor"),
    ],
)
def test_what_makes_no_sense_is_refused(client, query, parameter):
    answer = client().get(f"/alerts?{query}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (422, parameter)


def test_resolving_twice_leaves_the_first_on_record(db, client):
    fired = incident(db)
    first = client().post("/alerts", json={"alert_id": str(fired)})
    again = client().post("/alerts", json={"alert_id": str(fired)})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert audit(db) == [("ann", "resolve", f"incident {fired}")]


def test_an_alert_that_there_is_not(client):
    answer = client().post("/alerts", json={"alert_id": str(uuid4())})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body", [{}, {"alert_id": None}, {"alert_id": 7}, {"alert_id": "alert-uuid"}, {"alert_id": ""}]
)
def test_what_is_no_id_is_refused(client, body):
    answer = client().post("/alerts", json=body)
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (422, "alert_id")


def test_a_viewer_may_not_resolve(db, client):
    fired = incident(db)
    for name, status in (("vic", 403), ("nell", 403), (None, 401)):
        assert client(name).post("/alerts", json={"alert_id": str(fired)}).status_code == status
    assert db.execute("SELECT resolved_at FROM sms_alert_history").fetchall() == [(None,)]
