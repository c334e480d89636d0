"""What people may do about alerts by SQL, what they are refused and with which words, and what is on record then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from sms_monitoring import db as sms_db
from tests.alerts.acting import act, audit, call, edit, one
from tests.alerts.incidents import CRITICAL, incident, mute, silence
from tests.product import at

ON_INCIDENTS = ["sms_alert_acknowledge", "sms_alert_unacknowledge", "sms_alert_resolve", "sms_alert_escalate"]
ON_SILENCES = ["sms_alert_end_silence", "sms_alert_review_silence"]
HOUR = timedelta(hours=1)


@pytest.fixture
def notices(db):
    """What the server remarks."""
    said = []
    db.add_notice_handler(lambda diagnostic: said.append(diagnostic.message_primary))
    return said


# ── Incidents ────────────────────────────────────────────────────────────────────────────────


def test_the_first_acknowledgement_stays(db, notices):
    number = incident(db)
    first = act(db, "acknowledge", number, "ann", "on it")
    again = act(db, "acknowledge", number, "bob")
    assert first["acknowledged_by"] == "ann"
    assert abs(datetime.now(UTC) - first["acknowledged_at"]) < HOUR
    assert again == first
    assert audit(db) == [("ann", "acknowledge", f"incident {number}")]
    assert len(notices) == 1
    assert "was acknowledged at" in notices[0]


def test_two_at_once_leave_one_acknowledgement(db, database_uri):
    number = incident(db)

    def acknowledge(who):
        with sms_db.connect(database_uri) as conn:
            return act(conn, "acknowledge", number, who)["acknowledged_by"]

    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(acknowledge, ["ann", "bob", "cleo", "dan"]))
    assert len(names) == 1
    assert len(audit(db)) == 1


def test_who_waits_for_another_s_resolve_finds_it_resolved(db, database_uri, notices):
    number = incident(db)
    with sms_db.connect(database_uri) as other, ThreadPoolExecutor(1) as pool:
        with other.transaction():
            act(other, "resolve", number, "ann")
            waiting = pool.submit(act, db, "acknowledge", number, "bob")
            while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                pass
        found = waiting.result()
    assert (found["resolved_by"], found["acknowledged_by"]) == ("ann", None)
    assert "was resolved at" in notices[0]


def test_an_acknowledgement_can_be_taken_back(db, notices):
    number = incident(db)
    act(db, "acknowledge", number, "ann")
    assert act(db, "unacknowledge", number, "bob", "ann is off duty")["acknowledged_at"] is None
    act(db, "unacknowledge", number, "bob")
    assert [row[:2] for row in audit(db)] == [("ann", "acknowledge"), ("bob", "unacknowledge")]
    assert notices == [f"incident {number} is not acknowledged"]


def test_what_is_resolved_stays_as_it_is(db, notices):
    number = incident(db)
    resolved = act(db, "resolve", number, "ann", "carrier fixed it")
    assert resolved["resolved_by"] == "ann"
    for function in ("resolve", "acknowledge", "unacknowledge"):
        assert act(db, function, number, "bob") == resolved
    assert act(db, "escalate", number, "bob", "email") == resolved
    assert len(notices) == 4
    assert all("was resolved at" in said and "by ann" in said for said in notices)
    assert len(audit(db)) == 1


def test_the_audit_holds_the_row_before_and_after_and_the_note(db):
    number = incident(db)
    act(db, "acknowledge", number, "ann", "on it")
    entry = one(db, "SELECT * FROM sms_alert_audit")
    assert entry["before"]["acknowledged_by"] is None
    assert entry["after"]["acknowledged_by"] == "ann"
    assert entry["before"]["id"] == str(number)
    assert entry["note"] == "on it"
    assert entry["login"] == db.info.user


def test_escalating_goes_to_the_threshold_s_channel(db, notices):
    db.execute("UPDATE sms_alert_thresholds SET escalation_channel = 'email', escalate_after_minutes = 30")
    number = incident(db)
    first = act(db, "escalate", number, "ann")
    assert (first["escalated_to"], first["escalated_by"]) == ("email", "ann")
    assert act(db, "escalate", number, "bob") == first
    assert "was escalated to email" in notices[0]


def test_escalating_to_another_channel_adds_it(db):
    number = incident(db)
    act(db, "escalate", number, "ann", "email")
    assert act(db, "escalate", number, "bob", "slack", "no answer")["escalated_to"] == "slack"
    assert [row[0] for row in audit(db)] == ["ann", "bob"]


def test_escalating_needs_a_channel_that_exists(db):
    number = incident(db)
    with pytest.raises(
        errors.InvalidParameterValue, match="delivery_rate_critical has no escalation channel"
    ) as refused:
        act(db, "escalate", number, "ann")
    assert "pagerduty" in refused.value.diag.message_hint
    with pytest.raises(errors.ForeignKeyViolation, match="no channel 'pigeon'") as refused:
        act(db, "escalate", number, "ann", "pigeon")
    assert "pagerduty" in refused.value.diag.message_hint


@pytest.mark.parametrize("function", ON_INCIDENTS)
def test_an_unknown_incident_is_named(db, function):
    number = uuid4()
    with pytest.raises(errors.NoDataFound, match=f"no incident {number}") as refused:
        call(db, function, number, "ann")
    assert "sms_alert_history" in refused.value.diag.message_hint
    with pytest.raises(errors.NoDataFound, match="no incident NULL"):
        call(db, function, None, "ann")


@pytest.mark.parametrize("who", [None, "", " \t\n"])
@pytest.mark.parametrize("function", [*ON_INCIDENTS, *ON_SILENCES, "sms_alert_edit_threshold"])
def test_nobody_acts_without_a_name(db, function, who):
    target = {"sms_alert_edit_threshold": CRITICAL}.get(function, 1 if function in ON_SILENCES else uuid4())
    args = [target, who, Jsonb({})] if function == "sms_alert_edit_threshold" else [target, who]
    with pytest.raises(errors.InvalidParameterValue, match="who is blank"):
        call(db, function, *args)


def test_an_act_that_fails_leaves_nothing_behind(db):
    """Neither a row, nor the name for what is done next in the same transaction."""
    with db.transaction():
        with pytest.raises(errors.NoDataFound), db.transaction():
            act(db, "acknowledge", uuid4(), "ann")
        db.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = 7 WHERE alert_type = %s", (CRITICAL,))
    assert audit(db) == [(db.info.user, "update", f"threshold {CRITICAL}")]


# ── Silences ─────────────────────────────────────────────────────────────────────────────────


def test_a_silence_for_a_time(db):
    number = call(db, "sms_alert_silence", who="ann", reason="maintenance", duration="2 hours", alert_type="delivery_*")
    row = one(db, "SELECT * FROM sms_alert_silences")
    assert number == {"sms_alert_silence": row["id"]}
    assert row["expires_at"] - row["starts_at"] == 2 * HOUR
    assert (row["alert_type"], row["entity"], row["severity"], row["author"]) == ("delivery_*", "*", "*", "ann")
    assert audit(db) == [("ann", "silence", f"silence {row['id']}")]


def test_a_silence_until_a_time_from_a_time_on(db):
    start = datetime.now(UTC) + HOUR
    call(db, "sms_alert_silence", who="ann", reason="release", starts_at=start, expires_at=start + HOUR)
    row = one(db, "SELECT * FROM sms_alert_silences")
    assert (row["starts_at"], row["expires_at"]) == (start, start + HOUR)


def test_a_silence_for_an_incident_matches_that_incident_and_no_more(db):
    number = incident(db, entity="Verizon")
    call(db, "sms_alert_silence", who="ann", reason="known", duration="1 day", incident_id=number)
    row = one(db, "SELECT * FROM sms_alert_silences")
    assert (row["alert_type"], row["entity"], row["severity"]) == (CRITICAL, "Verizon", "critical")
    assert row["incident_id"] == number


def test_patterns_given_go_before_those_of_the_incident(db):
    number = incident(db, entity="Verizon")
    named = {"who": "ann", "reason": "known", "duration": "1 day", "incident_id": number}
    call(db, "sms_alert_silence", **named, entity="*", severity="*")
    row = one(db, "SELECT * FROM sms_alert_silences")
    assert (row["alert_type"], row["entity"], row["severity"]) == (CRITICAL, "*", "*")


@pytest.mark.parametrize(
    ("given", "error", "complaint"),
    [
        ({"who": ""}, errors.InvalidParameterValue, "who is blank"),
        ({"reason": " "}, errors.InvalidParameterValue, "reason is blank"),
        ({"duration": None}, errors.InvalidParameterValue, "either expires_at or duration"),
        ({"expires_at": at("2099-01-01 00:00")}, errors.InvalidParameterValue, "either expires_at or duration"),
        ({"duration": "-1 hour"}, errors.InvalidParameterValue, "before it begins"),
        ({"duration": None, "expires_at": at("12:00")}, errors.InvalidParameterValue, "before it begins"),
        ({"starts_at": at("2020-01-01 00:00")}, errors.InvalidParameterValue, "before it is made"),
        ({"incident_id": UUID(int=7)}, errors.NoDataFound, f"no incident {UUID(int=7)}"),
        ({"severity": "crit"}, errors.CheckViolation, "severity_is_known"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(db, given, error, complaint):
    named = {"who": "ann", "reason": "maintenance", "duration": "2 hours", **given}
    with pytest.raises(error, match=complaint):
        call(db, "sms_alert_silence", **{name: value for name, value in named.items() if value is not None})
    assert one(db, "SELECT 1 FROM sms_alert_silences") is None


def test_a_pattern_that_matches_nothing_so_far_is_remarked(db, notices):
    call(db, "sms_alert_silence", who="ann", reason="maintenance", duration="2 hours", alert_type="delivry_*")
    assert notices == ["no alert type so far matches 'delivry_*'"]


def test_a_mute_window(db):
    window = {"local_start": "22:00", "local_end": "06:00", "time_zone": "Europe/Berlin"}
    call(db, "sms_alert_mute", who="bob", reason="quiet hours", **window, weekdays=[6, 7], severity="warning")
    row = one(db, "SELECT * FROM sms_alert_silences")
    assert (row["weekdays"], row["expires_at"], row["severity"]) == ([6, 7], None, "warning")
    assert audit(db) == [("bob", "mute", f"silence {row['id']}")]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"who": None}, "who is blank"),
        ({"reason": ""}, "reason is blank"),
        ({"local_end": None}, "needs local_start, local_end and time_zone"),
        ({"time_zone": None}, "needs local_start, local_end and time_zone"),
        ({"time_zone": "UTC+3"}, "no IANA time zone"),
        ({"expires_at": at("12:00")}, "before it begins"),
    ],
)
def test_a_mute_window_that_makes_no_sense_is_refused(db, given, complaint):
    window = {"local_start": "22:00", "local_end": "06:00", "time_zone": "UTC"}
    with pytest.raises(errors.InvalidParameterValue, match=complaint):
        call(db, "sms_alert_mute", **{"who": "bob", "reason": "quiet hours", **window, **given})


def test_a_silence_ends_early_once(db, notices):
    number = silence(db, expires_at=at("2099-01-01 00:00"))
    ended = act(db, "end_silence", number, "bob", "done sooner")
    assert ended["ended_by"] == "bob"
    assert ended["in_effect_until"] == ended["ended_at"]
    assert act(db, "end_silence", number, "cleo") == ended
    moment = one(db, "SELECT %s::timestamptz::text AS moment", ended["in_effect_until"])["moment"]
    assert notices == [f"silence {number} was over at {moment}"]
    assert audit(db, "end_silence") == [("bob", "end_silence", f"silence {number}")]


def test_a_silence_that_expired_is_not_ended_again(db):
    number = silence(db)
    assert act(db, "end_silence", number, "bob")["ended_at"] is None


def test_a_mute_window_is_reviewed(db):
    number = mute(db, "22:00", "06:00", "UTC")
    assert act(db, "review_silence", number, "bob")["reviewed_by"] == "bob"
    assert audit(db, "review_silence") == [("bob", "review_silence", f"silence {number}")]


@pytest.mark.parametrize("function", ON_SILENCES)
def test_an_unknown_silence_is_named(db, function):
    with pytest.raises(errors.NoDataFound, match="no silence 77"):
        call(db, function, 77, "ann")


# ── Thresholds ───────────────────────────────────────────────────────────────────────────────


def test_a_threshold_is_edited_column_by_column(db):
    before = one(db, "SELECT * FROM sms_alert_thresholds WHERE alert_type = %s", CRITICAL)
    changes = {
        "threshold_value": 85.5,
        "cooldown_minutes": "120",
        "enabled": False,
        "owner": "messaging",
        "additional_channels": ["email", "slack"],
        "escalation_channel": "email",
        "escalate_after_minutes": 30,
    }
    after = edit(db, changes)
    assert {name for name in before if before[name] != after[name]} == set(changes)
    assert after["additional_channels"] == ["email", "slack"]
    assert after == one(db, "SELECT * FROM sms_alert_thresholds WHERE alert_type = %s", CRITICAL)
    [entry] = [one(db, "SELECT * FROM sms_alert_audit")]
    assert (entry["actor"], entry["action"], entry["object"]) == ("ann", "edit_threshold", f"threshold {CRITICAL}")
    assert (entry["before"]["threshold_value"], entry["after"]["threshold_value"]) == (90, 85.5)


def test_null_takes_a_value_away(db):
    edit(db, {"owner": "messaging"})
    assert edit(db, {"owner": None})["owner"] is None


def test_an_edit_that_changes_nothing_leaves_no_audit(db, notices):
    edit(db, {"threshold_value": 90.0})
    edit(db, {})
    assert audit(db) == []
    assert notices == [f"nothing to change: threshold {CRITICAL} is like that already"] * 2


@pytest.mark.parametrize(
    ("changes", "error", "complaint"),
    [
        ({"treshold_value": 1}, errors.UndefinedColumn, "'treshold_value' of a threshold cannot be edited"),
        ({"alert_type": "x"}, errors.UndefinedColumn, "'alert_type' of a threshold cannot be edited"),
        ({"last_triggered_at": None}, errors.UndefinedColumn, "'last_triggered_at' of a threshold cannot be edited"),
        ({"ctid": "(0,1)"}, errors.UndefinedColumn, "'ctid' of a threshold cannot be edited"),
        ({'x" = 1; --': 1}, errors.UndefinedColumn, "cannot be edited"),
        ({"cooldown_minutes": "soon"}, errors.InvalidParameterValue, "cooldown_minutes: .*integer.*soon"),
        ({"cooldown_minutes": -1}, errors.CheckViolation, "cooldown_minutes"),
        ({"severity": "fatal"}, errors.CheckViolation, "severity"),
        ({"threshold_value": None}, errors.NotNullViolation, "threshold_value"),
        ({"notification_channel": "pigeon"}, errors.ForeignKeyViolation, "notification_channel"),
        ({"additional_channels": ["pigeon"]}, errors.ForeignKeyViolation, "'pigeon'"),
        ([], errors.InvalidParameterValue, "changes is array, not a JSON object"),
        (None, errors.InvalidParameterValue, "changes is null, not a JSON object"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_whole(db, changes, error, complaint):
    if isinstance(changes, dict):
        changes = {"owner": "messaging", **changes}
    with pytest.raises(error, match=complaint) as refused:
        edit(db, changes)
    if error is errors.UndefinedColumn:
        assert "threshold_value, comparison_operator" in refused.value.diag.message_hint
    assert one(db, "SELECT owner FROM sms_alert_thresholds WHERE alert_type = %s", CRITICAL) == {"owner": None}


def test_an_unknown_threshold_is_answered_with_those_that_exist(db):
    with pytest.raises(errors.NoDataFound, match="no threshold of alert type 'delivery'") as refused:
        edit(db, {"enabled": False}, "delivery")
    assert CRITICAL in refused.value.diag.message_hint


def test_every_function_is_documented(db):
    undocumented = db.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        " AND proname ~ '^(sms_alert_|check_sms_)' AND obj_description(oid, 'pg_proc') IS NULL"
    ).fetchall()
    assert undocumented == []


def test_history_is_kept(db):
    """Nothing that people do deletes an incident; its silence and notifications refer to it."""
    number = incident(db)
    act(db, "resolve", number, "ann")
    call(db, "sms_alert_silence", who="ann", reason="known", duration="1 hour", incident_id=number)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        db.execute("DELETE FROM sms_alert_history WHERE id = %s", (number,))
