"""What is on record about what people did: the audit, that nobody can change, and the timeline of an incident."""

from __future__ import annotations

from uuid import uuid4

import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.alerts.acting import act, audit, call, edit
from tests.alerts.incidents import CRITICAL, incident, insert, mute, silence
from tests.product import at

# ── The audit ────────────────────────────────────────────────────────────────────────────────


def test_plain_sql_is_audited_too(db):
    db.execute("SET sms_monitoring.actor = 'ann@example.com'")
    rule = insert(db, "sms_alert_inhibitions", source_alert_type="a", reason="b")
    db.execute("UPDATE sms_alert_inhibitions SET enabled = false WHERE id = %s", (rule,))
    db.execute("DELETE FROM sms_alert_inhibitions WHERE id = %s", (rule,))
    db.execute("RESET sms_monitoring.actor")
    db.execute("UPDATE sms_notification_channels SET description = 'x' WHERE channel = 'slack'")
    db.execute("DELETE FROM sms_alert_thresholds WHERE alert_type = %s", (CRITICAL,))
    window = mute(db, "22:00", "06:00", "UTC")
    assert audit(db) == [
        ("ann@example.com", "insert", f"inhibition {rule}"),
        ("ann@example.com", "update", f"inhibition {rule}"),
        ("ann@example.com", "delete", f"inhibition {rule}"),
        (db.info.user, "update", "channel slack"),
        (db.info.user, "delete", f"threshold {CRITICAL}"),
        (db.info.user, "insert", f"silence {window}"),
    ]
    rows = db.execute("SELECT action, before IS NULL, after IS NULL FROM sms_alert_audit ORDER BY id").fetchall()
    assert rows[:3] == [("insert", True, False), ("update", False, False), ("delete", False, True)]


def test_what_the_engine_notes_is_not_audited(db):
    number = incident(db)
    db.execute("UPDATE sms_alert_thresholds SET last_triggered_at = now()")
    db.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = cooldown_minutes")
    db.execute("UPDATE sms_alert_history SET announced_at = now() WHERE id = %s", (number,))
    assert audit(db) == []


def test_a_change_beside_last_triggered_at_is_audited(db):
    db.execute(
        "UPDATE sms_alert_thresholds SET last_triggered_at = now(), owner = 'x' WHERE alert_type = %s", (CRITICAL,)
    )
    assert [row[1] for row in audit(db)] == ["update"]


def test_the_name_of_one_act_does_not_stick_to_the_next_change(db):
    number = incident(db)
    with db.transaction():
        db.execute("SET LOCAL sms_monitoring.actor = 'bob'")
        act(db, "acknowledge", number, "ann")
        db.execute("UPDATE sms_alert_thresholds SET owner = 'x' WHERE alert_type = %s", (CRITICAL,))
        db.execute("UPDATE sms_alert_history SET announced_at = now() WHERE id = %s", (number,))
    assert [row[:2] for row in audit(db)] == [("ann", "acknowledge"), ("bob", "update")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sms_alert_audit SET actor = 'nobody'",
        "DELETE FROM sms_alert_audit",
        "DELETE FROM sms_alert_audit WHERE false",
        "TRUNCATE sms_alert_audit",
    ],
)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_the_audit_only_grows(db, statement, role):
    act(db, "acknowledge", incident(db), "ann")
    db.execute(f"SET session_replication_role = {role}")
    with pytest.raises(errors.InsufficientPrivilege, match="its rows are only ever added") as refused:
        db.execute(statement)
    assert "its owner disables the trigger" in refused.value.diag.message_hint
    assert len(audit(db)) == 1


def test_its_owner_can_let_go_of_what_is_old(db):
    act(db, "acknowledge", incident(db), "ann")
    with db.transaction():
        db.execute("ALTER TABLE sms_alert_audit DISABLE TRIGGER sms_alert_audit_only_grows")
        db.execute("DELETE FROM sms_alert_audit")
        db.execute("ALTER TABLE sms_alert_audit ENABLE ALWAYS TRIGGER sms_alert_audit_only_grows")
    assert audit(db) == []


@pytest.mark.parametrize("table", ["sms_alert_thresholds", "sms_alert_silences", "sms_alert_inhibitions"])
def test_no_truncate_passes_by_the_audit(db, table):
    with pytest.raises(errors.InsufficientPrivilege, match="it would leave no audit"):
        db.execute(f"TRUNCATE {table} CASCADE")


# ── Rights ───────────────────────────────────────────────────────────────────────────────────


# As the README grants them.
GRANTS = """
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
    GRANT UPDATE (acknowledged_at, acknowledged_by, resolved_at, resolved_by, escalated_at, escalated_by, escalated_to)
        ON sms_alert_history TO {role};
    GRANT INSERT, UPDATE ON sms_alert_silences TO {role};
    GRANT UPDATE ON sms_alert_thresholds TO {role};
"""


@pytest.fixture
def on_call(db):
    """A role that may act on alerts, and nothing else."""
    role = f"on_call_{uuid4().hex}"
    db.execute(f"CREATE ROLE {role}")
    db.execute(GRANTS.format(role=role))
    yield role
    db.execute("RESET ROLE")
    db.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_a_role_with_these_grants_can_act_and_is_audited(db, on_call):
    first, second = incident(db), incident(db, "llm_failure_critical")
    db.execute(f"SET ROLE {on_call}")
    act(db, "acknowledge", first, "ann")
    act(db, "unacknowledge", first, "ann")
    act(db, "escalate", first, "ann", "email")
    act(db, "resolve", second, "ann")
    call(db, "sms_alert_silence", who="ann", reason="known", duration="1 hour", incident_id=first)
    number = call(db, "sms_alert_mute", "ann", "quiet", "22:00", "06:00", "Europe/Berlin")["sms_alert_mute"]
    act(db, "review_silence", number, "ann")
    act(db, "end_silence", number, "ann")
    edit(db, {"cooldown_minutes": 5, "additional_channels": ["email"]})
    assert len(db.execute("SELECT * FROM sms_alert_timeline WHERE incident_id = %s", (first,)).fetchall()) == 5
    assert {row[0] for row in audit(db)} == {"ann"}
    assert len(audit(db)) == 9


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sms_alert_audit (actor, action, object) VALUES ('bob', 'resolve', 'incident 1')",
        "DELETE FROM sms_alert_audit",
        "ALTER TABLE sms_alert_audit DISABLE TRIGGER ALL",
        "CREATE TEMP TABLE forged (id int); CREATE TRIGGER forge AFTER INSERT ON forged FOR EACH ROW"
        " EXECUTE FUNCTION sms_audit_change('incident', 'id')",
        "UPDATE sms_alert_history SET metric_value = 0",
        "DELETE FROM sms_alert_silences",
    ],
)
def test_that_role_can_neither_forge_the_audit_nor_change_more(db, on_call, statement):
    db.execute(f"SET ROLE {on_call}")
    with pytest.raises(errors.InsufficientPrivilege):
        db.execute(statement)


# ── The timeline ─────────────────────────────────────────────────────────────────────────────


def test_one_query_tells_what_happened_and_who_was_told(db):
    number = incident(db)
    other = incident(db, "llm_failure_critical")
    silence_id = silence(db, incident_id=number, created_at=at("10:02"))

    def transition(when, before, after, why):
        states = {"from_state": before, "to_state": after, "reason": why}
        about = {"alert_type": CRITICAL, "entity": "all", "incident_id": number}
        insert(db, "sms_alert_transitions", occurred_at=at(when), **states, **about)

    def notification(when, event, channel, status, *, about=number, sent=None, **row):
        row = {"sent_at": at(sent) if sent else None, "created_at": at(when), **row}
        message = {"dedup_key": "k", "message": Jsonb({}), "status": status}
        insert(db, "sms_alert_notifications", incident_id=about, event=event, channel=channel, **message, **row)

    transition("10:00", "ok", "firing", "new")
    notification("10:00", "trigger", "pagerduty", "sent", sent="10:01")
    notification("10:00", "trigger", "slack", "suppressed", suppressed_reason="silenced", silence_id=silence_id)
    notification("10:00", "trigger", "pagerduty", "sent", about=other, sent="10:01")
    notification("10:30", "repeat", "pagerduty", "failed", sequence=1, last_error="HTTP 500")
    transition("10:30", "firing", "firing", "repeated")
    transition("11:00", "firing", "recovering", "recovering")
    act(db, "acknowledge", number, "ann", "on it")
    act(db, "unacknowledge", number, "ann")
    act(db, "acknowledge", number, "bob")
    act(db, "escalate", number, "bob", "email", "no idea")
    act(db, "resolve", number, "bob", "carrier fixed it")
    notification("2099-01-01 00:00", "resolve", "pagerduty", "pending")

    rows = db.execute("SELECT * FROM sms_alert_timeline WHERE incident_id = %s", (number,)).fetchall()

    assert {row[:3] for row in rows} == {(number, CRITICAL, "all")}
    assert [row[3] for row in rows] == sorted(row[3] for row in rows)
    assert [row[4:] for row in rows] == [
        ("opened", None, "it broke"),
        ("state_changed", None, "ok to firing: new"),
        ("held_back", "slack", f"trigger, silenced, silence {silence_id} by ann: carrier maintenance"),
        ("told", "pagerduty", "trigger"),
        ("silenced", "ann", f"silence {silence_id} until 2026-03-10 14:00 UTC: carrier maintenance"),
        ("decided", None, "repeated"),
        ("could_not_tell", "pagerduty", "repeat 1, HTTP 500"),
        ("state_changed", None, "firing to recovering: recovering"),
        ("acknowledged", "ann", "on it"),
        ("unacknowledged", "ann", ""),
        ("acknowledged", "bob", ""),
        ("escalated", "bob", "to email, no idea"),
        ("resolved", "bob", "carrier fixed it"),
        ("to_be_told", "pagerduty", "resolve"),
    ]


def test_what_the_engine_did_and_what_plain_sql_did_is_on_it_as_well(db):
    number = incident(db, acknowledged_at=at("10:05"), acknowledged_by="ann", resolved_at=at("11:00"))
    rows = db.execute("SELECT at, what, who FROM sms_alert_timeline WHERE incident_id = %s", (number,)).fetchall()
    assert rows == [
        (at("10:00"), "opened", None),
        (at("10:05"), "acknowledged", "ann"),
        (at("11:00"), "resolved", "recovery"),
    ]
