"""Incidents over the API: given these rows, these answers; and what people did is on record under their login."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from sms_monitoring.api import rate_limits
from tests.alerts.incidents import CRITICAL, WARNING, incident, insert, mute, silence
from tests.api.acting import HOSTILE_TEXTS, HOSTILE_TIMES, audit, post_raw, refusal, tables
from tests.product import at

HOUR = timedelta(hours=1)
ACTIONS = ["acknowledge", "unacknowledge", "resolve", "escalate", "silence"]
BODY = {"silence": {"reason": "maintenance", "duration_minutes": 60}, "escalate": {"channel": "email"}}


@pytest.fixture
def ann(client):
    return client("ann")


def delivery(db, incident_id, **columns):
    row = {"event": "trigger", "channel": "slack", "dedup_key": "k", "message": "{}", **columns}
    return insert(db, "sms_alert_notifications", incident_id=incident_id, **row)


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def test_an_incident_as_people_see_it(ann, db):
    db.execute("UPDATE sms_alert_thresholds SET owner = 'messaging', runbook_url = 'https://wiki/x'")
    number = incident(
        db,
        entity="Verizon",
        triggered_at=at("11:02"),
        metric_value="81.25",
        threshold_value=90,
        sample_size=300,
        window_start=at("10:00"),
        window_end=at("11:00"),
    )
    [found] = ann.get("/incidents").json()["data"]
    run = "dags/sms_hourly_monitoring/runs/scheduled__2026-03-10T11%3A00%3A00%2B00%3A00"
    assert found == {
        "id": str(number),
        "alert_type": CRITICAL,
        "title": "SMS delivery rate is low",
        "entity": "Verizon",
        "severity": "critical",
        "state": "firing",
        "triggered_at": "2026-03-10T11:02:00Z",
        "acknowledged_at": None,
        "acknowledged_by": None,
        "resolved_at": None,
        "resolved_by": None,
        "escalated_to": None,
        "metric_value": 81.25,
        "threshold_value": 90.0,
        "comparison_operator": "<",
        "unit": "%",
        "sample_size": 300,
        "message": "it broke",
        "window_start": "2026-03-10T10:00:00Z",
        "window_end": "2026-03-10T11:00:00Z",
        "owner": "messaging",
        "runbook_url": "https://wiki/x",
        "silenced": None,
        "suppressed_by": None,
        "dag_run_url": run,
        "task_log_url": f"{run}/tasks/evaluate.delivery_rate_critical",
    }


def test_the_run_s_name_is_the_one_that_airflow_gives_it():
    from airflow.sdk.definitions.timetables.interval import CronDataIntervalTimetable as InDags
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import DataInterval
    from airflow.utils.types import DagRunType
    from pendulum import instance

    from sms_monitoring.api.run_paths import run_path

    timetable = coerce_to_core_timetable(InDags("0 * * * *", timezone="UTC"))
    start, end = (instance(at(time)) for time in ("10:00", "11:00"))
    run_id = timetable.generate_run_id(
        run_type=DagRunType.SCHEDULED, run_after=end, data_interval=DataInterval(start, end)
    )
    from urllib.parse import unquote

    assert unquote(run_path(at("11:00"))).rpartition("/")[2] == run_id


def test_a_delayed_evaluation_is_that_of_a_later_run(ann, db):
    db.execute("UPDATE sms_alert_thresholds SET evaluation_delay_hours = 3")
    incident(db, window_start=at("10:00"), window_end=at("11:00"))
    [found] = ann.get("/incidents").json()["data"]
    assert "T14%3A00" in found["dag_run_url"]


def test_an_incident_that_no_operator_watches_has_a_readable_title_and_no_links(ann, db):
    incident(db, "notification_failed", severity="critical", window_end=at("11:00"))
    incident(db, "carrier_queue_warning", severity="warning")
    found = {each["alert_type"]: each for each in ann.get("/incidents").json()["data"]}
    assert found["notification_failed"]["title"] == "Notifications are not delivered"
    assert found["carrier_queue_warning"]["title"] == "Carrier queue"
    assert {(each["unit"], each["dag_run_url"], each["task_log_url"]) for each in found.values()} == {("", None, None)}


def test_the_state_is_that_of_the_alert_until_it_is_resolved(ann, db):
    recovering, resolved = incident(db), incident(db, entity="Verizon", resolved_at=at("12:00"))
    db.execute(
        "INSERT INTO sms_alert_state (alert_type, state, since, incident_id, evaluated_through)"
        " VALUES (%s, 'recovering', now(), %s, now())",
        (CRITICAL, recovering),
    )
    states = {each["id"]: each["state"] for each in ann.get("/incidents").json()["data"]}
    assert states == {str(recovering): "recovering", str(resolved): "resolved"}


def test_what_holds_it_back_is_named(ann, db):
    now = datetime.now(UTC)
    silenced = incident(db, entity="Verizon")
    muted = incident(db, entity="ATT")
    held_back = incident(db, WARNING, "T-Mobile")
    graver = incident(db, CRITICAL, "T-Mobile")
    until = (now + HOUR).replace(microsecond=0)
    by = silence(db, entity="Verizon", starts_at=now - HOUR, expires_at=until)
    window = mute(db, "00:00", "00:00", "UTC", entity="ATT")
    found = {UUID(each["id"]): each for each in ann.get("/incidents").json()["data"]}
    assert found[silenced]["silenced"] == {
        "id": by,
        "kind": "silence",
        "author": "ann",
        "reason": "carrier maintenance",
        "until": until.isoformat().replace("+00:00", "Z"),
    }
    assert found[silenced]["suppressed_by"].startswith("silenced by ann until ")
    assert found[muted]["silenced"]["id"] == window
    assert found[muted]["silenced"]["until"] is None
    assert found[muted]["suppressed_by"].startswith("muted by bob")
    assert found[held_back]["silenced"] is None
    assert found[held_back]["suppressed_by"] == f"held back by {CRITICAL} at T-Mobile (incident {graver})"
    assert found[graver]["suppressed_by"] is None


def test_numbers_that_json_cannot_hold_are_null(ann, db):
    incident(db, metric_value="NaN", threshold_value="Infinity")
    [found] = ann.get("/incidents").json()["data"]
    assert (found["metric_value"], found["threshold_value"]) == (None, None)


def test_incidents_are_narrowed_down(ann, db):
    first = incident(db, triggered_at=at("08:00"), resolved_at=at("09:00"))
    second = incident(db, WARNING, triggered_at=at("10:00"))
    third = incident(db, triggered_at=at("12:00"))
    known = {str(first): "first", str(second): "second", str(third): "third"}

    def names(**params):
        return [known[each] for each in ids(ann.get("/incidents", params=params))]

    assert names() == ["third", "second", "first"]
    assert names(state="open") == ["third", "second"]
    assert names(state="resolved") == ["first"]
    assert names(alert_type=WARNING) == ["second"]
    assert names(severity="critical") == ["third", "first"]
    assert names(start="2026-03-10T10:00:00Z") == ["third", "second"]
    assert names(end="2026-03-10T12:00:00Z") == ["second", "first"]
    assert names(start="2026-03-10T09:00:00", end="2026-03-10T11:00:00+00:00") == ["second"]
    assert names(alert_type="nothing") == []


def test_pages_neither_repeat_nor_skip_while_incidents_are_opened(ann, db):
    # Many of one moment: the time alone does not order them.
    expected = {str(incident(db, entity=str(number), triggered_at=at("10:00"))) for number in range(23)}
    seen, cursor, opened = [], None, 0
    while True:
        page = ann.get("/incidents", params={"limit": 5, **({"cursor": cursor} if cursor else {})}).json()
        seen += [each["id"] for each in page["data"]]
        opened += 1
        incident(db, entity=f"new {opened}", triggered_at=at("11:00") + opened * HOUR)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 23
    assert set(seen) == expected


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "WyJpbmZpbml0eSIsIjAiXQ",  # ["infinity","0"]
        "WyJcdTAwMDAiLCJcdWQ4MDAiXQ",  # NUL and half a pair
        "WzEsMl0",  # [1,2]
        "W3RydWUsdHJ1ZV0",  # [true,true]
        "W10",  # []
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTld",  # a number beyond bigint
    ],
)
def test_a_cursor_that_is_none_is_refused(ann, db, cursor):
    number = incident(db)
    for path in ("/incidents", f"/incidents/{number}/deliveries", "/silences", "/audit", "/transitions"):
        answer = ann.get(path, params={"cursor": cursor})
        assert refusal(answer) == (422, "cursor"), path


def test_all_that_happened_is_told_in_order(ann, db):
    number = incident(db, triggered_at=datetime.now(UTC) - HOUR)
    delivery(db, number, status="sent", sent_at=datetime.now(UTC) - HOUR / 2)
    held = silence(db, starts_at=at("09:00"), expires_at=at("2099-01-01 00:00"))
    delivery(db, number, channel="email", status="suppressed", suppressed_reason="silenced", silence_id=held)
    ann.post(f"/incidents/{number}/acknowledge", json={"note": "on it"})
    found = ann.get(f"/incidents/{number}").json()["data"]
    assert [(each["what"], each["who"]) for each in found["timeline"]] == [
        ("opened", None),
        ("told", "slack"),
        ("held_back", "email"),
        ("acknowledged", "ann"),
    ]
    assert found["timeline"][0]["detail"] == "it broke"
    assert found["timeline"][2]["detail"] == f"trigger, silenced, silence {held} by ann: carrier maintenance"
    assert found["timeline"][3]["detail"] == "on it"
    assert found["timeline_is_whole"] is True
    assert [(each["channel"], each["status"], each["suppressed_reason"]) for each in found["deliveries"]] == [
        ("email", "suppressed", "silenced"),
        ("slack", "sent", None),
    ]


def test_deliveries_tell_why_but_not_what_was_said(ann, db):
    number = incident(db)
    secret = '{"title": "hooks.slack.com/services/T/B/secret"}'
    waiting = delivery(db, number, message=secret)
    failed = delivery(db, number, channel="email", message=secret, status="failed", attempts=3, last_error="refused")
    answer = ann.get(f"/incidents/{number}/deliveries")
    assert "secret" not in answer.text
    first, second = answer.json()["data"]
    assert (first["id"], first["status"], first["attempts"], first["last_error"]) == (failed, "failed", 3, "refused")
    assert first["next_attempt_at"] is None
    assert second["id"] == waiting
    assert second["next_attempt_at"] is not None


def test_deliveries_come_in_pages(ann, db):
    number = incident(db)
    made = [delivery(db, number, event="repeat", sequence=place) for place in range(5)]
    page = ann.get(f"/incidents/{number}/deliveries", params={"limit": 3}).json()
    rest = ann.get(f"/incidents/{number}/deliveries", params={"limit": 3, "cursor": page["next_cursor"]}).json()
    assert [each["id"] for each in page["data"] + rest["data"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_an_unknown_incident(ann, db):
    number = uuid4()
    for path in (f"/incidents/{number}", f"/incidents/{number}/deliveries"):
        assert refusal(ann.get(path)) == (404, "incident_id")
    for action in ACTIONS:
        status, _ = refusal(ann.post(f"/incidents/{number}/{action}", json=BODY.get(action, {})))
        assert status == 404


# ── Acting ───────────────────────────────────────────────────────────────────────────────────


def test_acknowledging_is_recorded_under_the_login_and_the_first_stays(ann, client, db):
    number = incident(db)
    first = ann.post(f"/incidents/{number}/acknowledge", json={"note": "on it"})
    assert first.status_code == 200
    assert first.json()["data"]["acknowledged_by"] == "ann"
    again = ann.post(f"/incidents/{number}/acknowledge")
    assert again.json() == first.json()
    assert audit(db) == [("ann", "acknowledge", f"incident {number}")]


def test_an_acknowledgement_is_taken_back(ann, db):
    number = incident(db)
    ann.post(f"/incidents/{number}/acknowledge")
    assert ann.post(f"/incidents/{number}/unacknowledge").json()["data"]["acknowledged_by"] is None
    assert audit(db)[-1] == ("ann", "unacknowledge", f"incident {number}")


def test_resolving_what_is_resolved_succeeds_and_changes_nothing(ann, db):
    number = incident(db)
    first = ann.post(f"/incidents/{number}/resolve", json={"note": "carrier fixed it"})
    assert (first.json()["data"]["state"], first.json()["data"]["resolved_by"]) == ("resolved", "ann")
    before = tables(db)
    for action in ("resolve", "acknowledge", "unacknowledge"):
        again = ann.post(f"/incidents/{number}/{action}")
        assert again.status_code == 200
        assert again.json() == first.json()
    assert tables(db) == before
    assert audit(db) == [("ann", "resolve", f"incident {number}")]


def test_escalating_needs_a_channel_that_exists(ann, db):
    number = incident(db)
    missing = ann.post(f"/incidents/{number}/escalate")
    assert refusal(missing) == (422, "channel")
    assert "no escalation channel" in missing.json()["error"]["message"]
    unknown = ann.post(f"/incidents/{number}/escalate", json={"channel": "pigeon"})
    assert refusal(unknown) == (422, "channel")
    assert "pagerduty" in unknown.json()["error"]["message"]
    done = ann.post(f"/incidents/{number}/escalate", json={"channel": "email", "note": "nobody answers"})
    assert done.json()["data"]["escalated_to"] == "email"
    assert audit(db) == [("ann", "escalate", f"incident {number}")]


def test_silencing_an_incident_silences_what_it_is_about(ann, db):
    number = incident(db, entity="Verizon")
    made = ann.post(f"/incidents/{number}/silence", json={"reason": "known", "duration_minutes": 90})
    assert made.status_code == 201
    found = made.json()["data"]
    assert (found["alert_type"], found["entity"], found["severity"]) == (CRITICAL, "Verizon", "critical")
    assert (found["incident_id"], found["author"], found["holds_now"]) == (str(number), "ann", True)
    assert audit(db) == [("ann", "silence", f"silence {found['id']}")]
    shown = ann.get(f"/incidents/{number}").json()["data"]
    assert shown["silenced"]["id"] == found["id"]
    assert shown["timeline"][-1]["what"] == "silenced"


def test_who_holds_an_incident_is_not_waited_for_for_ever(ann, db, monkeypatch):
    from sms_monitoring.api import database

    monkeypatch.setattr(database, "SETTINGS", "SET lock_timeout = '50ms'")
    number = incident(db)
    with db.transaction():
        db.execute("SELECT 1 FROM sms_alert_history FOR UPDATE")
        assert refusal(ann.post(f"/incidents/{number}/acknowledge"))[0] == 409


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("user", "status"), [("vic", 403), ("nell", 403), (None, 401)])
def test_whoever_may_not_act_changes_nothing(client, db, user, status):
    number = incident(db)
    before = tables(db)
    for action in ACTIONS:
        answer = client(user).post(f"/incidents/{number}/{action}", json=BODY.get(action, {}))
        assert refusal(answer)[0] == status, action
    assert tables(db) == before


@pytest.mark.parametrize(("user", "status"), [("vic", 200), ("nell", 403), (None, 401)])
def test_whoever_may_read_reads(client, db, user, status):
    number = incident(db)
    for path in ("/incidents", f"/incidents/{number}", f"/incidents/{number}/deliveries"):
        assert client(user).get(path).status_code == status, path


def test_hostile_input_is_refused_or_harmless(ann, db):
    number = incident(db)
    before = tables(db)
    for text in HOSTILE_TEXTS:
        rate_limits.forget()
        clean = text.encode("utf-8", "replace").decode()
        for name in ("alert_type", "severity", "state", "start", "end", "cursor", "limit"):
            answer = ann.get("/incidents", params={name: clean})
            assert answer.status_code in (200, 422), (name, text)
            assert answer.status_code == 422 or not answer.json()["data"] or name == "limit"
        for name in ("limit", "cursor"):
            assert ann.get(f"/incidents/{number}/deliveries", params={name: clean}).status_code == 422
        assert post_raw(ann, "POST", f"/incidents/{number}/escalate", {"channel": text}).status_code == 422
        assert post_raw(ann, "POST", f"/incidents/{number}/acknowledge", {text: 1}).status_code == 422
        for body in ({"incident_id": text}, [text], text, {"note": [text]}):
            assert post_raw(ann, "POST", f"/incidents/{number}/resolve", body).status_code == 422, body
    for moment in HOSTILE_TIMES:
        rate_limits.forget()
        for name in ("start", "end"):
            assert refusal(ann.get("/incidents", params={name: moment})) == (422, name), moment
        body = {"reason": "x", "expires_at": moment}
        assert refusal(ann.post(f"/incidents/{number}/silence", json=body)) == (422, "expires_at"), moment
    for path in ("'; DROP TABLE sms_alert_history; --", "%00", "x", "1"):
        assert refusal(ann.get(f"/incidents/{path}"))[0] in (404, 422), path
    assert tables(db) == before


def test_a_note_may_say_anything_that_can_be_stored(ann, db):
    for text in HOSTILE_TEXTS:
        number = incident(db, entity=str(uuid4()))
        answer = post_raw(ann, "POST", f"/incidents/{number}/resolve", {"note": text})
        notes = db.execute("SELECT note FROM sms_alert_audit WHERE object = %s", (f"incident {number}",)).fetchall()
        if answer.status_code == 200:
            assert notes == [(text,)]
        else:
            assert refusal(answer) == (422, "note")
            assert notes == []


def test_who_acts_is_never_taken_from_the_body(ann, db):
    number = incident(db)
    assert refusal(ann.post(f"/incidents/{number}/resolve", json={"who": "boss"})) == (422, "who")
    assert audit(db) == []


def test_bodies_that_are_no_json(ann, db):
    number = incident(db)
    headers = {"content-type": "application/json"}
    for content in (b"{", b"\xff\xfe", b"[" * 20000, b'{"note": ' + b"9" * 5000 + b"}"):
        answer = ann.post(f"/incidents/{number}/resolve", content=content, headers=headers)
        assert refusal(answer)[0] in (400, 422)
    assert ann.post(f"/incidents/{number}/resolve", content=b"x" * 70000, headers=headers).status_code == 413
    assert audit(db) == []
