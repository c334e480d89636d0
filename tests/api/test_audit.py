"""The audit and the log of transitions over the API."""

from __future__ import annotations

import pytest

from tests.alerts.incidents import CRITICAL, incident
from tests.alerts.live import Live
from tests.api.acting import HOSTILE_TEXTS, audit, tables


@pytest.fixture
def ann(client):
    return client("ann")


def pages(client, path, limit, **params):
    """All rows, page by page."""
    cursor = None
    while True:
        answer = client.get(path, params={"limit": limit, **params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        yield from answer.json()["data"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return


def test_every_act_is_recorded_under_the_login(ann, db):
    number = incident(db)
    threshold = f"/thresholds/{CRITICAL}"
    made = ann.post("/silences", json={"reason": "x", "duration_minutes": 5}).json()["data"]["id"]
    window = {"reason": "x", "local_start": "22:00", "local_end": "06:00", "time_zone": "UTC"}
    muted = ann.post("/mute-windows", json=window).json()["data"]["id"]
    for path in (
        f"/incidents/{number}/acknowledge",
        f"/incidents/{number}/unacknowledge",
        f"/incidents/{number}/resolve",
        f"/silences/{muted}/review",
        f"/silences/{made}/end",
    ):
        assert ann.post(path, json={"note": path}).status_code == 200
    ann.patch(threshold, json={"changes": {"threshold_value": 85}})
    found = list(pages(ann, "/audit", 3))
    assert [(each["actor"], each["action"], each["object"]) for each in found[::-1]] == [
        ("ann", "silence", f"silence {made}"),
        ("ann", "mute", f"silence {muted}"),
        ("ann", "acknowledge", f"incident {number}"),
        ("ann", "unacknowledge", f"incident {number}"),
        ("ann", "resolve", f"incident {number}"),
        ("ann", "review_silence", f"silence {muted}"),
        ("ann", "end_silence", f"silence {made}"),
        ("ann", "edit_threshold", f"threshold {CRITICAL}"),
    ]
    assert [(each["actor"], each["action"], each["object"]) for each in found[::-1]] == audit(db)
    assert {each["login"] for each in found} == {db.info.user}


def test_an_entry_says_what_changed(ann, db):
    number = incident(db)
    ann.post(f"/incidents/{number}/acknowledge", json={"note": "on it"})
    ann.post(f"/incidents/{incident(db, entity='ATT')}/resolve")
    [entry] = ann.get("/audit", params={"object": f"incident {number}"}).json()["data"]
    assert entry["note"] == "on it"
    assert [change["column"] for change in entry["changes"]] == ["acknowledged_at", "acknowledged_by"]
    assert entry["changes"][1] == {"column": "acknowledged_by", "before": None, "after": "ann"}
    assert entry["before"]["id"] == entry["after"]["id"] == str(number)


def test_what_is_new_changed_nothing(ann):
    ann.post("/silences", json={"reason": "x", "duration_minutes": 5})
    [entry] = ann.get("/audit").json()["data"]
    assert (entry["before"], entry["changes"]) == (None, [])
    assert entry["after"]["reason"] == "x"


def test_transitions_are_the_history_of_states(ann, db):
    Live(conn=db).run("97/300 40/300 97/300x3")
    found = ann.get("/transitions").json()["data"]
    assert [(each["from_state"], each["to_state"], each["reason"]) for each in found[::-1]] == [
        (None, "ok", "first"),
        ("ok", "firing", "new"),
        ("firing", "recovering", "recovering"),
        ("recovering", "ok", "resolved"),
    ]
    [listed] = ann.get("/incidents").json()["data"]
    assert found[2]["incident_id"] == listed["id"]
    assert list(pages(ann, "/transitions", 1, alert_type=CRITICAL, entity="all")) == found
    for narrowed in ({"alert_type": "other"}, {"entity": "ATT"}):
        assert ann.get("/transitions", params=narrowed).json() == {"success": True, "data": [], "next_cursor": None}


def test_whoever_may_read_reads(client):
    for path in ("/audit", "/transitions"):
        statuses = [client(user).get(path).status_code for user in ("ann", "vic", "nell", None)]
        assert statuses == [200, 200, 403, 401]


def test_hostile_input_is_refused_or_harmless(ann, db):
    ann.post(f"/incidents/{incident(db)}/resolve")
    before = tables(db)
    for path, names in (("/audit", ("object",)), ("/transitions", ("alert_type", "entity"))):
        for name in (*names, "limit", "cursor"):
            for text in HOSTILE_TEXTS:
                answer = ann.get(path, params={name: text.encode("utf-8", "replace").decode()})
                assert answer.status_code == 422 or answer.json()["data"] == [], (path, name, text)
                assert answer.status_code in (200, 422)
    assert tables(db) == before
