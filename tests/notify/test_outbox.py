"""The outbox on a real PostgreSQL: what is due, to whom a row belongs, and in which order things are said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels.base import UnknownChannelError
from sms_monitoring.notify.message import Message, Severity
from tests.notify.samples import (
    NOTICE,
    REPEAT,
    RESOLVE,
    TEST,
    TRIGGER,
    add_incident,
    put,
    row,
    statuses,
    time_passes,
)

if TYPE_CHECKING:
    from sms_monitoring.db import Connection

MINUTE = timedelta(minutes=1)


def claim(db: Connection, worker: str = "ann", channel: str = "slack", **kwargs) -> list[int]:
    return [claimed.id for claimed in outbox.claim(db, channel, worker, **{"limit": 10, **kwargs})]


def take(db: Connection, worker: str = "ann", channel: str = "slack") -> outbox.Claim:
    (claimed,) = outbox.claim(db, channel, worker)
    return claimed


# ── Putting in ───────────────────────────────────────────────────────────────────────────────


def test_one_row_an_incident_event_and_channel(db: Connection) -> None:
    incident = add_incident(db)
    first = outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident)

    assert outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident) is None
    assert outbox.enqueue(db, TRIGGER, channel="email", incident_id=incident) not in (None, first)
    assert outbox.enqueue(db, RESOLVE, channel="slack", incident_id=incident) not in (None, first)
    assert statuses(db) == ["pending"] * 3


def test_a_suppressed_row_keeps_its_reason_and_bars_no_later_one(db: Connection) -> None:
    incident = add_incident(db)
    held = outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident, suppressed_reason="cooldown")

    later = outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident)

    assert row(db, held)["suppressed_reason"] == "cooldown"
    assert claim(db) == [later]


def test_each_repeat_is_a_row_of_its_own(db: Connection) -> None:
    incident = add_incident(db)
    repeats = [replace(REPEAT, sequence=number) for number in (1, 2, 2)]

    first, second, again = (outbox.enqueue(db, repeat, channel="slack", incident_id=incident) for repeat in repeats)

    assert again is None
    assert [row(db, found)["sequence"] for found in (first, second)] == [1, 2]


def test_a_silenced_row_names_its_silence(db: Connection) -> None:
    (silence,) = db.execute(
        "INSERT INTO sms_alert_silences (author, reason, expires_at) VALUES ('ann', 'moving', now() + interval '1 day')"
        " RETURNING id"
    ).fetchone()

    held = outbox.enqueue(
        db,
        TRIGGER,
        channel="slack",
        incident_id=add_incident(db),
        suppressed_reason="silenced",
        silence_id=silence,
    )

    found = row(db, held)
    assert (found["status"], found["suppressed_reason"], found["silence_id"]) == ("suppressed", "silenced", silence)


def test_test_messages_and_notices_need_no_incident_and_are_never_folded(db: Connection) -> None:
    rows = [outbox.enqueue(db, message, channel="slack") for message in (TEST, TEST, NOTICE, NOTICE)]

    assert claim(db) == rows


def test_what_is_stored_is_what_is_claimed(db: Connection) -> None:
    outbox.enqueue(db, TRIGGER, channel="slack", incident_id=add_incident(db))

    assert Message.from_json(take(db).message) == TRIGGER


def test_an_unknown_channel_is_refused_by_name(db: Connection) -> None:
    with pytest.raises(UnknownChannelError, match="'pigeon' does not exist"):
        outbox.enqueue(db, TRIGGER, channel="pigeon", incident_id=add_incident(db))


def test_an_unknown_incident_is_no_matter_of_channels(db: Connection) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="incident"):
        outbox.enqueue(db, TRIGGER, channel="slack", incident_id=uuid4())


def test_what_the_decision_rolls_back_was_never_put_in(db: Connection) -> None:
    with db.transaction(force_rollback=True):
        put(db, TRIGGER, "slack")

    assert statuses(db) == []


# ── Claiming ─────────────────────────────────────────────────────────────────────────────────


def test_the_longest_due_comes_first_up_to_the_limit(db: Connection) -> None:
    rows = [put(db, TRIGGER, "slack") for _ in range(4)]
    db.execute(
        "UPDATE sms_alert_notifications SET next_attempt_at = now() - interval '1 day' WHERE id = %s", (rows[2],)
    )

    assert claim(db, limit=3) == [rows[2], rows[0], rows[1]]


def test_other_channels_and_later_rows_are_left_alone(db: Connection) -> None:
    put(db, TRIGGER, "email")
    put(db, TRIGGER, "slack")
    time_passes(db, "-1 minute")

    assert claim(db) == []


def test_a_claim_is_nobody_elses_until_its_lease_is_over(db: Connection) -> None:
    held = put(db, TRIGGER, "slack")
    claim(db, "ann", lease=MINUTE)

    assert claim(db, "bob") == []

    time_passes(db, "61 seconds")
    assert claim(db, "bob") == [held]


def test_a_rerun_of_the_same_worker_takes_its_claims_back_at_once(db: Connection) -> None:
    held = put(db, TRIGGER, "slack")
    claim(db, "ann")

    assert claim(db, "ann") == [held]
    assert row(db, held)["attempts"] == 2


def test_rows_that_are_locked_are_passed_over(db: Connection, database_uri: str) -> None:
    first, second = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack")
    with sms_db.connect(database_uri) as other, other.transaction():
        other.execute("SELECT FROM sms_alert_notifications WHERE id = %s FOR UPDATE", (first,))

        assert claim(db) == [second]


def test_rows_that_killed_many_workers_are_claimed_apart(db: Connection) -> None:
    killer, other = put(db, TRIGGER, "slack"), put(db, TRIGGER, "slack")
    for _ in range(outbox.SUSPECT_AFTER):
        assert claim(db, suspects=False, but_for=[other]) == [killer]

    assert claim(db) == [other]
    assert claim(db, suspects=True) == [killer]


# ── Marking ──────────────────────────────────────────────────────────────────────────────────


def test_sent(db: Connection) -> None:
    sent = put(db, TRIGGER, "slack")

    assert outbox.mark_sent(db, [take(db)], note="one of two refused") == 1
    found = row(db, sent)
    assert (found["status"], found["attempts"], found["last_error"]) == ("sent", 1, "one of two refused")
    assert found["sent_at"] is not None
    assert claim(db) == []


def test_to_be_tried_again_after_a_while(db: Connection) -> None:
    retried = put(db, TRIGGER, "slack")

    assert outbox.mark_retry(db, [take(db)], "Slack answered 500", retry_after=[MINUTE]) == 1
    found = row(db, retried)
    assert (found["status"], found["attempts"], found["last_error"]) == ("pending", 1, "Slack answered 500")
    assert claim(db) == []

    time_passes(db, "61 seconds")
    assert claim(db) == [retried]


def test_failed_for_good(db: Connection) -> None:
    failed = put(db, TRIGGER, "slack")

    assert outbox.mark_failed(db, [take(db)], ["Slack answered 400"]) == {failed}
    assert (row(db, failed)["status"], row(db, failed)["last_error"]) == ("failed", "Slack answered 400")
    time_passes(db, "1 year")
    assert claim(db) == []


def test_a_released_row_was_never_tried(db: Connection) -> None:
    released = put(db, TRIGGER, "slack")

    assert outbox.release(db, [take(db)], "no such webhook") == 1
    found = row(db, released)
    assert (found["status"], found["attempts"], found["last_error"]) == ("pending", 0, "no such webhook")
    assert claim(db) == [released]


MARKS = {
    "sent": lambda db, claimed: outbox.mark_sent(db, [claimed]),
    "retry": lambda db, claimed: outbox.mark_retry(db, [claimed], "late", retry_after=[MINUTE]),
    "failed": lambda db, claimed: outbox.mark_failed(db, [claimed], ["late"]),
    "release": lambda db, claimed: outbox.release(db, [claimed], "late"),
    "renew": lambda db, claimed: outbox.renew(db, [claimed]),
}


@pytest.mark.parametrize("taken_over_by", ["bob", "ann"])
@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_mark_after_the_claim_was_lost_changes_nothing(db: Connection, mark, taken_over_by: str) -> None:
    put(db, TRIGGER, "slack")
    lost = take(db, "ann")
    time_passes(db, "1 hour")
    current = take(db, taken_over_by)
    before = row(db, lost.id)

    assert not mark(db, lost)
    assert row(db, lost.id) == before
    assert outbox.mark_sent(db, [current]) == 1
    assert not mark(db, current), "nothing is marked twice"


def test_several_are_marked_at_once_each_by_its_own_claim(db: Connection) -> None:
    rows = [put(db, TRIGGER, "slack") for _ in range(3)]
    claims = outbox.claim(db, "slack", "ann", limit=3)
    time_passes(db, "1 hour")
    taken_over = take(db, "bob")

    assert outbox.mark_retry(db, claims, "down", retry_after=[MINUTE, MINUTE, 10 * MINUTE]) == 2

    assert [row(db, found)["status"] for found in rows] == ["sending", "pending", "pending"]
    assert row(db, taken_over.id)["claimed_by"] == "bob"
    time_passes(db, "61 seconds")
    assert claim(db) == [rows[1]], "each waits for its own time"


def test_several_fail_each_for_its_own_reason(db: Connection) -> None:
    rows = [put(db, TRIGGER, "slack") for _ in range(2)]

    assert outbox.mark_failed(db, outbox.claim(db, "slack", "ann", limit=2), ["one", "two"]) == set(rows)
    assert [row(db, found)["last_error"] for found in rows] == ["one", "two"]


def test_a_claim_can_be_held_for_longer(db: Connection) -> None:
    put(db, TRIGGER, "slack")
    put(db, TRIGGER, "slack")
    claims = outbox.claim(db, "slack", "ann", limit=2)
    time_passes(db, "1 hour")
    lost = take(db, "bob")

    kept = outbox.renew(db, claims)

    assert [claimed.id for claimed in kept] == [claims[1].id]
    assert lost.id == claims[0].id
    assert claim(db, "cleo") == []


# ── The channel as a whole ───────────────────────────────────────────────────────────────────


def test_a_held_channel_says_why_and_keeps_the_pause(db: Connection) -> None:
    claimed, waiting, later = (put(db, TRIGGER, "slack") for _ in range(3))
    other = put(db, TRIGGER, "email")
    take(db)
    db.execute("UPDATE sms_alert_notifications SET next_attempt_at = now() + interval '1 hour' WHERE id = %s", (later,))

    outbox.hold(db, "slack", "Slack answered 429", pause=MINUTE)

    assert claim(db, "bob") == []
    assert row(db, waiting)["last_error"] == row(db, later)["last_error"] == "Slack answered 429"
    assert row(db, claimed)["last_error"] is row(db, other)["last_error"] is None
    time_passes(db, "61 seconds")
    assert claim(db, "bob") == [waiting], "a longer wait of a row's own is not shortened"


def test_a_channel_held_without_a_pause_is_free_for_the_next_run(db: Connection) -> None:
    held = put(db, TRIGGER, "slack")

    outbox.hold(db, "slack", "no connection")

    assert row(db, held)["last_error"] == "no connection"
    assert claim(db) == [held]


def test_what_waits(db: Connection) -> None:
    rows = [put(db, TRIGGER, "slack") for _ in range(5)]
    outbox.mark_sent(db, [take(db)])
    outbox.mark_retry(db, [take(db)], "Slack answered 500", retry_after=[MINUTE])
    take(db, "bob")  # at work on it now

    waiting = outbox.waiting(db, "slack", "ann")

    assert (waiting.total, waiting.due) == (3, 2)
    assert waiting.next_attempt_at == row(db, rows[1])["next_attempt_at"]
    assert waiting.last_error == "Slack answered 500"


def test_what_waits_too_long_for_a_channel_that_is_out_of_order_is_given_up(db: Connection) -> None:
    incident_id = add_incident(db)
    old = put(db, TRIGGER, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    time_passes(db, "25 hours")
    young = put(db, TRIGGER, "slack")
    put(db, TRIGGER, "email")

    (expired,) = outbox.expire(db, "slack", "no webhook", max_age=timedelta(hours=24))

    assert (expired.id, expired.message["title"]) == (old, TRIGGER.title)
    assert (row(db, old)["status"], row(db, old)["last_error"]) == ("failed", "no webhook")
    assert statuses(db) == ["failed", "pending", "pending", "pending"], "the end waits for its beginning, not for Slack"
    assert claim(db) == [young]


def test_the_gravest_that_waits_comes_first(db: Connection) -> None:
    for message in (RESOLVE, replace(TRIGGER, severity=Severity.WARNING), TRIGGER, replace(TRIGGER, alert_type="own")):
        put(db, message, "slack")

    queue = outbox.next_waiting(db, "slack", but_for="own", limit=2)

    assert queue.total == 3
    assert [(waits.message["event"], waits.message["severity"]) for waits in queue.first] == [
        ("trigger", "critical"),
        ("trigger", "warning"),
    ]


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


def test_three_workers_share_many_rows_without_taking_one_twice(db: Connection, database_uri: str) -> None:
    incidents = [add_incident(db) for _ in range(60)]
    rows = {put(db, event, "slack", incident) for incident in incidents for event in (TRIGGER, RESOLVE)}

    def work(worker: str) -> list[int]:
        done = []
        with sms_db.connect(database_uri) as conn:
            while claims := outbox.claim(conn, "slack", worker, limit=2):
                assert outbox.mark_sent(conn, claims) == len(claims)
                done += [claimed.id for claimed in claims]
        return done

    with ThreadPoolExecutor(3) as pool:
        taken = [row_id for done in pool.map(work, ["ann", "bob", "cleo"]) for row_id in done]
    taken += work("last")  # resolves whose trigger was sent after the others had gone

    assert sorted(taken) == sorted(rows)
    assert set(statuses(db)) == {"sent"}


def test_marking_twice_at_once_marks_once(db: Connection, database_uri: str) -> None:
    put(db, TRIGGER, "slack")
    claimed = take(db)

    def mark(_: int) -> int:
        with sms_db.connect(database_uri) as conn:
            return outbox.mark_sent(conn, [claimed])

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(mark, range(3))) == [0, 0, 1]
