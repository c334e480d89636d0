"""Thresholds over the API: read with where they stand, edited column by column, never over someone else's edit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.types.json import Jsonb

from sms_monitoring import db as sms_db
from sms_monitoring.api import rate_limits
from sms_monitoring.api.models.threshold import Changes, Columns
from tests.alerts.incidents import CRITICAL
from tests.alerts.live import Live
from tests.api.acting import HOSTILE_NUMBERS, HOSTILE_TEXTS, audit, post_raw, refusal, tables

PATH = f"/thresholds/{CRITICAL}"


@pytest.fixture
def ann(client):
    return client("ann")


def edit(client, changes, path=PATH, **headers):
    return client.patch(path, json={"changes": changes}, headers=headers)


def version(client):
    return client.get(PATH).json()["data"]["version"]


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def test_every_column_of_the_table_is_shown_and_every_one_that_people_set_can_be_edited(ann, db):
    columns = {
        name
        for (name,) in db.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'sms_alert_thresholds'"
            " AND table_schema = current_schema()"
        )
    }
    assert columns <= set(ann.get(PATH).json()["data"])
    assert set(Columns.model_fields) == set(Changes.__annotations__)
    assert set(Changes.__annotations__) == columns - {"alert_type", "last_triggered_at", "created_at"}


def test_thresholds_are_listed_with_title_and_unit(ann):
    found = ann.get("/thresholds").json()["data"]
    assert [each["alert_type"] for each in found] == sorted(each["alert_type"] for each in found)
    [delivery] = [each for each in found if each["alert_type"] == CRITICAL]
    assert delivery == ann.get(PATH).json()["data"]
    assert (delivery["title"], delivery["unit"]) == ("SMS delivery rate is low", "%")
    assert (delivery["threshold_value"], delivery["confidence"], delivery["enabled"]) == (90, 0.95, True)
    assert (delivery["state"], delivery["current_value"]) == ("never_evaluated", None)


def test_where_it_stands(ann, db):
    live = Live(conn=db)
    live.run("97/300 40/300x2")
    found = ann.get(PATH).json()["data"]
    assert (found["state"], found["current_value"], found["sample_size"]) == ("firing", 40, 300)
    [incident] = ann.get("/incidents").json()["data"]
    assert found["incident_id"] == incident["id"]
    assert found["last_triggered_at"] is not None


def test_of_several_entities_the_one_that_is_worst_off_is_shown(ann, db, tmp_path, monkeypatch):
    from tests.alerts.live import watch_each_carrier

    watch_each_carrier(tmp_path, monkeypatch)
    Live(conn=db).run({"ATT": "97/300x2", "Verizon": "40/300x2"})
    found = [each for each in ann.get("/thresholds").json()["data"] if each["alert_type"] == CRITICAL]
    assert [(each["entity"], each["state"], each["current_value"]) for each in found] == [("Verizon", "firing", 40)]


def test_a_threshold_without_an_operator_has_a_readable_title(ann, db):
    db.execute(
        "INSERT INTO sms_alert_thresholds (alert_type, threshold_value, comparison_operator, severity,"
        " notification_channel) VALUES ('queue_length_warning', 5, '>', 'warning', 'slack')"
    )
    found = ann.get("/thresholds/queue_length_warning").json()["data"]
    assert (found["title"], found["unit"]) == ("Queue length", "")


# ── Editing ──────────────────────────────────────────────────────────────────────────────────


def test_columns_are_edited_and_the_rest_stays(ann, db):
    before = ann.get(PATH).json()["data"]
    changes = {
        "threshold_value": 85.5,
        "cooldown_minutes": 120,
        "enabled": False,
        "owner": "messaging",
        "additional_channels": ["email", "slack"],
        "escalation_channel": "email",
        "escalate_after_minutes": 30,
        "runbook_url": "https://wiki.example.com/sms",
    }
    answer = ann.patch(PATH, json={"changes": changes, "note": "less noise"})
    assert answer.status_code == 200, answer.text
    after = answer.json()["data"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {*changes, "version", "state", "runbook"}
    assert {name: after[name] for name in changes} == changes
    assert after["state"] == "disabled"
    assert audit(db) == [("ann", "edit_threshold", f"threshold {CRITICAL}")]
    assert db.execute("SELECT note FROM sms_alert_audit").fetchone() == ("less noise",)


def test_null_takes_a_value_away(ann):
    edit(ann, {"owner": "messaging"})
    assert edit(ann, {"owner": None}).json()["data"]["owner"] is None


def test_an_edit_that_changes_nothing_leaves_no_audit(ann, db):
    for changes in ({}, {"threshold_value": 90}):
        assert edit(ann, changes).status_code == 200
    assert audit(db) == []


@pytest.mark.parametrize(
    ("changes", "parameter", "complaint"),
    [
        ({"treshold_value": 1}, "changes", "'treshold_value' cannot be edited; what can be: threshold_value, "),
        ({"alert_type": "x"}, "changes", "'alert_type' cannot be edited"),
        ({"last_triggered_at": None}, "changes", "'last_triggered_at' cannot be edited"),
        ({'x" = 1; --': 1}, "changes", "cannot be edited"),
        ({"cooldown_minutes": "soon"}, "changes.cooldown_minutes", "valid integer"),
        ({"cooldown_minutes": -1}, "changes.cooldown_minutes", "cooldown_minutes >= 0 AND cooldown_minutes <= 10080"),
        ({"cooldown_minutes": None}, "changes.cooldown_minutes", "valid integer"),
        ({"confidence": 1}, "changes.confidence", "confidence <= 0.9999"),
        ({"severity": "fatal"}, "changes.severity", "'info', 'warning' or 'critical'"),
        ({"comparison_operator": "="}, "changes.comparison_operator", "'<'"),
        ({"threshold_value": None}, "changes.threshold_value", "valid number"),
        ({"notification_channel": "pigeon"}, "changes.notification_channel", "names no channel: 'pigeon'"),
        ({"escalation_channel": "pigeon", "escalate_after_minutes": 5}, "changes.escalation_channel", "no channel"),
        ({"additional_channels": ["pigeon"]}, "changes.additional_channels", "names no channel: 'pigeon'"),
        ({"escalate_after_minutes": 5}, "changes.escalate_after_minutes", "escalation_channel IS NULL"),
        ({"recovery_threshold": 80}, "changes.recovery_threshold", "recovery_threshold >= threshold_value"),
        ({"runbook_url": "javascript:alert(1)"}, "changes.runbook_url", "runbook_url"),
        ({"owner": " "}, "changes.owner", "owner"),
        ([], "changes", "dictionary"),
        (None, "changes", "dictionary"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_whole(ann, db, changes, parameter, complaint):
    before = tables(db)
    answer = edit(ann, changes)
    assert refusal(answer) == (422, parameter)
    assert complaint in answer.json()["error"]["message"]
    if isinstance(changes, dict):
        assert edit(ann, {"minimum_sample": 40, **changes}).status_code == 422
    assert tables(db) == before


def test_who_edits_is_never_taken_from_the_body(ann, db):
    answer = ann.patch(PATH, json={"changes": {"enabled": False}, "who": "boss"})
    assert refusal(answer) == (422, "who")
    assert audit(db) == []


def test_an_unknown_threshold(ann):
    assert refusal(ann.get("/thresholds/nothing")) == (404, "alert_type")
    assert refusal(edit(ann, {"enabled": False}, "/thresholds/nothing")) == (404, "alert_type")


# ── Together ─────────────────────────────────────────────────────────────────────────────────


def test_an_edit_of_what_someone_changed_meanwhile_is_refused(client, ann, db):
    known = version(ann)
    assert edit(ann, {"cooldown_minutes": 5}, **{"If-Match": known}).status_code == 200
    late = edit(ann, {"cooldown_minutes": 7}, **{"If-Match": known})
    assert refusal(late) == (412, "If-Match")
    assert "ann changed it at" in late.json()["error"]["message"]
    assert ann.get(PATH).json()["data"]["cooldown_minutes"] == 5
    for minutes, form in enumerate(('"{}"', 'W/"{}", "x"', "*")):
        matching = {"If-Match": form.format(version(ann))}
        assert edit(ann, {"cooldown_minutes": minutes}, **matching).status_code == 200


def test_what_the_engine_notes_is_no_change(ann, db):
    known = version(ann)
    db.execute("UPDATE sms_alert_thresholds SET last_triggered_at = now()")
    assert version(ann) == known


def test_of_many_at_once_who_know_the_same_version_one_edits(client, db):
    clients = [client("ann") for _ in range(6)]
    known = version(clients[0])

    def change(number):
        return edit(clients[number], {"cooldown_minutes": number + 1}, **{"If-Match": known}).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(change, range(6)))
    assert statuses == [200] + [412] * 5
    assert len(audit(db)) == 1


def test_edits_of_different_columns_at_once_all_stay(client, db):
    changes = [{"cooldown_minutes": 5}, {"minimum_sample": 40}, {"owner": "messaging"}, {"pending_evaluations": 3}]
    clients = [client("ann") for _ in changes]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(edit, clients, changes))
    assert [each.status_code for each in answers] == [200] * 4
    after = clients[0].get(PATH).json()["data"]
    assert all(after[name] == value for each in changes for name, value in each.items())
    assert len(audit(db)) == 4


def test_an_edit_waits_for_another_and_then_sees_it(ann, db, database_uri):
    known = version(ann)
    with sms_db.connect(database_uri) as other, ThreadPoolExecutor(1) as pool:
        with other.transaction():
            other.execute("SELECT sms_alert_edit_threshold(%s, 'bob', %s)", (CRITICAL, Jsonb({"minimum_sample": 99})))
            waiting = pool.submit(edit, ann, {"cooldown_minutes": 5}, **{"If-Match": known})
            while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                pass
        assert refusal(waiting.result()) == (412, "If-Match")
        assert "bob changed it" in waiting.result().json()["error"]["message"]


def test_who_holds_a_threshold_is_not_waited_for_for_ever(ann, db, monkeypatch):
    from sms_monitoring.api import database

    monkeypatch.setattr(database, "SETTINGS", "SET lock_timeout = '50ms'")
    with db.transaction():
        db.execute("SELECT 1 FROM sms_alert_thresholds FOR UPDATE")
        assert refusal(edit(ann, {"cooldown_minutes": 5}))[0] == 409


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("user", "status"), [("vic", 403), ("nell", 403), (None, 401)])
def test_whoever_may_not_act_changes_nothing(client, db, user, status):
    before = tables(db)
    for changes in ({"enabled": False}, {"nonsense": 1}, None):
        assert refusal(edit(client(user), changes))[0] == status
    for path in ("/thresholds", PATH):
        assert client(user).get(path).status_code == (200 if user == "vic" else status)
    assert tables(db) == before


def test_hostile_input_is_refused_or_kept_as_it_is(ann, db):
    known = tables(db)["sms_alert_thresholds"]
    for column in Changes.__annotations__:
        for text in HOSTILE_TEXTS:
            rate_limits.forget()
            answer = post_raw(ann, "PATCH", PATH, {"changes": {column: text}})
            if answer.status_code == 200:
                assert column == "owner"
                assert answer.json()["data"][column] == text
                edit(ann, {column: None})
            else:
                assert refusal(answer)[0] == 422, (column, text)
        for number in HOSTILE_NUMBERS:
            rate_limits.forget()
            answer = post_raw(ann, "PATCH", PATH, {"changes": {column: "?"}}, ("?", number))
            assert answer.status_code in (200, 422), (column, number)
            if answer.status_code == 200:
                ann.patch(PATH, json={"changes": {column: ORIGINAL[column]}})
        assert tables(db)["sms_alert_thresholds"] == known, column


ORIGINAL = {"threshold_value": 90, "recovery_threshold": None, "confidence": 0.95, "enabled": True, "owner": None}


def test_the_history_of_edits_is_kept_whole(ann, db):
    edit(ann, {"threshold_value": 80})
    edit(ann, {"threshold_value": 85})
    entries = ann.get("/audit", params={"object": f"threshold {CRITICAL}"}).json()["data"]
    assert [each["changes"] for each in entries] == [
        [{"column": "threshold_value", "before": 80, "after": 85}],
        [{"column": "threshold_value", "before": 90, "after": 80}],
    ]
    assert entries[0]["after"]["alert_type"] == CRITICAL


def test_a_token_that_is_over_changes_nothing(client, token, db):
    late = client(None)
    late.headers["Authorization"] = f"Bearer {token('ann', seconds=-3600)}"
    assert refusal(edit(late, {"enabled": False}))[0] == 401
    assert audit(db) == []


@pytest.mark.parametrize("column", ["threshold_value", "recovery_threshold"])
@pytest.mark.parametrize("value", [850, -1])
def test_a_share_is_from_0_to_100(client, db, column, value):
    before = tables(db)
    for ask in (client("ann").patch, lambda path, json: client("ann").post(f"{path}/replay", json=json)):
        answer = ask(f"/thresholds/{CRITICAL}", json={"changes": {column: value}})
        assert (answer.status_code, answer.json()["error"]["parameter"]) == (422, f"changes.{column}")
        assert "from 0 to 100 %" in answer.json()["error"]["message"]
    assert tables(db) == before


def test_what_is_no_share_has_no_such_bounds(client):
    answer = client("ann").patch("/thresholds/llm_cost_spike_warning", json={"changes": {"threshold_value": 850}})
    assert answer.status_code == 200
