"""Silences and mute windows over the API: made, listed, ended, reviewed; and what makes no sense refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sms_monitoring.api import rate_limits
from tests.alerts.incidents import mute, silence
from tests.api.acting import HOSTILE_NUMBERS, HOSTILE_TEXTS, HOSTILE_TIMES, audit, post_raw, refusal, tables
from tests.product import at

HOUR = timedelta(hours=1)
FOREVER = at("2099-01-01 00:00")
SILENCE = {"reason": "maintenance", "duration_minutes": 60}
WINDOW = {"reason": "quiet hours", "local_start": "22:00", "local_end": "06:00", "time_zone": "Europe/Berlin"}


@pytest.fixture
def ann(client):
    return client("ann")


def made(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def shown(moment):
    return moment.isoformat().replace("+00:00", "Z")


# ── Making ───────────────────────────────────────────────────────────────────────────────────


def test_a_silence_for_some_minutes(ann, db):
    found = made(ann.post("/silences", json={**SILENCE, "alert_type": "delivery_*", "severity": "warning"}))
    assert (found["kind"], found["state"], found["holds_now"]) == ("silence", "in_effect", True)
    assert (found["alert_type"], found["entity"], found["severity"]) == ("delivery_*", "*", "warning")
    assert (found["author"], found["reason"]) == ("ann", "maintenance")
    assert datetime.fromisoformat(found["expires_at"]) - datetime.fromisoformat(found["starts_at"]) == HOUR
    assert audit(db) == [("ann", "silence", f"silence {found['id']}")]


def test_a_silence_until_a_time_from_a_time_on(ann):
    start = (datetime.now(UTC) + HOUR).replace(microsecond=0)
    span = {"starts_at": shown(start), "expires_at": shown(start + HOUR)}
    found = made(ann.post("/silences", json={"reason": "release", **span}))
    assert {name: found[name] for name in span} == span
    assert (found["state"], found["holds_now"]) == ("upcoming", False)


def test_another_author_is_recorded_with_the_login(ann, db):
    found = made(ann.post("/silences", json={**SILENCE, "author": "Maria of the night shift"}))
    assert found["author"] == "Maria of the night shift (logged in as ann)"
    assert made(ann.post("/silences", json={**SILENCE, "author": " ann "}))["author"] == "ann"
    window = made(ann.post("/mute-windows", json={**WINDOW, "author": "Maria"}))
    assert window["author"] == "Maria (logged in as ann)"
    assert [actor for actor, *_ in audit(db)] == [found["author"], "ann", window["author"]]


def test_a_mute_window(ann, db):
    found = made(ann.post("/mute-windows", json={**WINDOW, "local_end": "24:00", "weekdays": [6, 7]}))
    assert (found["kind"], found["weekdays"], found["time_zone"]) == ("mute", [6, 7], "Europe/Berlin")
    assert (found["local_start"], found["local_end"], found["expires_at"]) == ("22:00", "24:00", None)
    assert audit(db) == [("ann", "mute", f"silence {found['id']}")]


@pytest.mark.parametrize(
    ("changes", "parameter", "complaint"),
    [
        ({"reason": " \t"}, "reason", "at least 1 character"),
        ({"reason": None}, "reason", "valid string"),
        ({"author": " "}, "author", "at least 1 character"),
        ({"duration_minutes": None}, "duration_minutes", "either duration_minutes or expires_at"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "expires_at", "either duration_minutes or expires_at"),
        ({"duration_minutes": 0}, "duration_minutes", "greater than or equal to 1"),
        ({"duration_minutes": 366 * 24 * 60 + 1}, "duration_minutes", "less than or equal to 527040"),
        ({"duration_minutes": None, "expires_at": "2026-03-10T00:00:00Z"}, "expires_at", "before it begins"),
        ({"duration_minutes": None, "expires_at": "2199-01-01T00:00:00Z"}, "expires_at", "at most 366 days"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "duration_minutes", "before it is made"),
        ({"severity": "crit"}, "severity", "must be info, warning, critical"),
        ({"alert_type": ""}, "alert_type", "at least 1 character"),
        ({"entity": "x" * 201}, "entity", "at most 200"),
        ({"who": "boss"}, "who", "not permitted"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(ann, db, changes, parameter, complaint):
    wanted = {name: value for name, value in {**SILENCE, **changes}.items() if value is not None or name == "reason"}
    answer = ann.post("/silences", json=wanted)
    assert refusal(answer) == (422, parameter)
    assert complaint in answer.json()["error"]["message"]
    assert audit(db) == []


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"time_zone": "UTC+3"}, "time_zone"),
        ({"time_zone": "CET"}, "time_zone"),
        ({"local_start": "24:00"}, "local_start"),
        ({"local_end": "7:00"}, "local_end"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0]}, "weekdays.0"),
        ({"weekdays": [1] * 8}, "weekdays"),
        ({"expires_at": "2026-03-10T00:00:00Z"}, "expires_at"),
    ],
)
def test_a_mute_window_that_makes_no_sense_is_refused(ann, db, changes, parameter):
    assert refusal(ann.post("/mute-windows", json={**WINDOW, **changes})) == (422, parameter)
    assert audit(db) == []


# ── Listing, ending, reviewing ───────────────────────────────────────────────────────────────


def test_what_is_over_is_listed_only_when_asked_for(ann, db):
    over = silence(db)
    ended = silence(db, expires_at=FOREVER, ended_at=at("12:00"), ended_by="bob")
    held = silence(db, expires_at=FOREVER)
    to_come = silence(db, starts_at=at("2098-01-01 00:00"), expires_at=FOREVER)
    window = mute(db, "00:00", "00:00", "UTC")
    listed = ann.get("/silences").json()["data"]
    assert [(each["id"], each["state"]) for each in listed] == [
        (window, "in_effect"),
        (to_come, "upcoming"),
        (held, "in_effect"),
    ]
    everything = ann.get("/silences", params={"state": "all"}).json()["data"]
    assert [each["id"] for each in everything] == [window, to_come, held, ended, over]
    assert {each["id"] for each in everything if each["holds_now"]} == {window, held}


def test_silences_come_in_pages(ann, db):
    made_before = [silence(db, expires_at=FOREVER) for _ in range(7)]
    seen, cursor = [], None
    while True:
        page = ann.get("/silences", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [each["id"] for each in page["data"]]
        silence(db, expires_at=FOREVER)
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == made_before[::-1]


def test_a_silence_is_ended_once(ann, client, db):
    number = silence(db, expires_at=FOREVER)
    ended = ann.post(f"/silences/{number}/end", json={"note": "done sooner"})
    assert (ended.status_code, ended.json()["data"]["ended_by"], ended.json()["data"]["state"]) == (200, "ann", "over")
    before = tables(db)
    assert ann.post(f"/silences/{number}/end").json() == ended.json()
    assert tables(db) == before
    assert audit(db, "end_silence") == [("ann", "end_silence", f"silence {number}")]


def test_a_mute_window_is_reviewed(ann, db):
    number = mute(db, "22:00", "06:00", "UTC")
    assert ann.post(f"/silences/{number}/review").json()["data"]["reviewed_by"] == "ann"
    assert audit(db, "review_silence") == [("ann", "review_silence", f"silence {number}")]


def test_an_unknown_silence(ann):
    for action in ("end", "review"):
        for number in (77, 2**63 - 1):
            assert refusal(ann.post(f"/silences/{number}/{action}"))[0] == 404
        for number in (0, -1, 2**63, 10**400, "x", "1;DROP TABLE sms_alert_silences", "%00", "1e3"):
            assert refusal(ann.post(f"/silences/{number}/{action}"))[0] == 422, number


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("user", "status"), [("vic", 403), ("nell", 403), (None, 401)])
def test_whoever_may_not_act_changes_nothing(client, db, user, status):
    number = silence(db, expires_at=FOREVER)
    before = tables(db)
    for path, body in (
        ("/silences", SILENCE),
        ("/mute-windows", WINDOW),
        (f"/silences/{number}/end", {}),
        (f"/silences/{number}/review", {}),
    ):
        assert refusal(client(user).post(path, json=body))[0] == status, path
    assert client(user).get("/silences").status_code == (200 if user == "vic" else status)
    assert tables(db) == before


def test_hostile_input_is_refused_or_kept_as_it_is(ann, db):
    for path, body in (("/silences", SILENCE), ("/mute-windows", WINDOW)):
        for name in ("reason", "author", "alert_type", "entity", "severity", "time_zone", "local_start", "weekdays"):
            for text in HOSTILE_TEXTS:
                rate_limits.forget()
                before = tables(db)
                answer = post_raw(ann, "POST", path, {**body, name: text})
                if answer.status_code == 201:
                    kept = answer.json()["data"][name]
                    assert kept.startswith(text.strip()) or kept == text
                else:
                    assert refusal(answer)[0] == 422, (name, text)
                    assert tables(db) == before
        for name in ("starts_at", "expires_at"):
            for moment in HOSTILE_TIMES:
                rate_limits.forget()
                wanted = {**body, name: moment}
                if name == "expires_at":
                    wanted.pop("duration_minutes", None)
                assert refusal(ann.post(path, json=wanted)) == (422, name), moment
            for number in HOSTILE_NUMBERS:
                rate_limits.forget()
                answer = post_raw(ann, "POST", path, {**body, name: "?"}, ("?", number))
                assert refusal(answer)[0] == 422, (name, number)
        for number in HOSTILE_NUMBERS:
            rate_limits.forget()
            name = "duration_minutes" if path == "/silences" else "weekdays"
            wanted = {**body, name: "?" if path == "/silences" else ["?"]}
            assert refusal(post_raw(ann, "POST", path, wanted, ("?", number)))[0] == 422, number
    assert ann.get("/silences", params={"limit": 200}).status_code == 200
