"""The outbox on a real PostgreSQL: what is due, to whom a row belongs, and in which order things are said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels.base import UnknownChannelError
from sms_monitoring.notify.message import Message
from tests.notify.samples import RESOLVE, TEST, TRIGGER, add_incident, put, row, statuses, time_passes

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


def test_test_messages_need_no_incident_and_are_never_folded(db: Connection) -> None:
    rows = [outbox.enqueue(db, TEST, channel="slack") for _ in range(2)]

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


# ── Trigger before resolve ───────────────────────────────────────────────────────────────────


@pytest.fixture
def incident(db: Connection) -> dict[str, int]:
    """The rows of one incident that began and ended before anything was delivered."""
    incident_id = add_incident(db)
    return {
        "trigger": put(db, TRIGGER, "slack", incident_id),
        "resolve": put(db, RESOLVE, "slack", incident_id),
    }


def test_a_resolve_waits_for_its_trigger(db: Connection, incident: dict[str, int]) -> None:
    assert claim(db) == [incident["trigger"]]
    assert claim(db, "bob") == []


def test_a_resolve_waits_while_its_trigger_is_tried_again(db: Connection, incident: dict[str, int]) -> None:
    outbox.mark_retry(db, take(db), "down", retry_after=MINUTE)

    assert outbox.suppress_undeliverable(db, "slack") == 0
    assert claim(db) == []


def test_a_resolve_is_due_once_its_trigger_is_sent(db: Connection, incident: dict[str, int]) -> None:
    outbox.mark_sent(db, take(db))

    assert outbox.suppress_undeliverable(db, "slack") == 0
    assert claim(db) == [incident["resolve"]]


def test_a_trigger_sent_in_another_channel_does_not_count(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "email", incident_id)
    put(db, TRIGGER, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    outbox.mark_sent(db, take(db, channel="email"))

    outbox.mark_retry(db, take(db), "down", retry_after=MINUTE)
    assert claim(db) == []


def test_a_resolve_whose_trigger_failed_is_never_sent(db: Connection, incident: dict[str, int]) -> None:
    outbox.mark_failed(db, take(db), "no")

    assert outbox.suppress_undeliverable(db, "slack") == 1
    resolve = row(db, incident["resolve"])
    assert (resolve["status"], resolve["suppressed_reason"]) == ("suppressed", "trigger_not_delivered")


@pytest.mark.parametrize("trigger", ["suppressed", "missing"])
def test_a_resolve_without_a_trigger_is_never_sent(db: Connection, trigger: str) -> None:
    incident_id = add_incident(db)
    if trigger == "suppressed":
        outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident_id, suppressed_reason="cooldown")
    resolve = put(db, RESOLVE, "slack", incident_id)

    assert outbox.suppress_undeliverable(db, "email") == 0
    assert outbox.suppress_undeliverable(db, "slack") == 1
    assert row(db, resolve)["suppressed_reason"] == "trigger_not_delivered"


# ── Marking ──────────────────────────────────────────────────────────────────────────────────


def test_sent(db: Connection) -> None:
    sent = put(db, TRIGGER, "slack")

    assert outbox.mark_sent(db, take(db), note="one of two refused")
    found = row(db, sent)
    assert (found["status"], found["attempts"], found["last_error"]) == ("sent", 1, "one of two refused")
    assert found["sent_at"] is not None
    assert claim(db) == []


def test_to_be_tried_again_after_a_while(db: Connection) -> None:
    retried = put(db, TRIGGER, "slack")

    assert outbox.mark_retry(db, take(db), "Slack answered 500", retry_after=MINUTE)
    found = row(db, retried)
    assert (found["status"], found["attempts"], found["last_error"]) == ("pending", 1, "Slack answered 500")
    assert claim(db) == []

    time_passes(db, "61 seconds")
    assert claim(db) == [retried]


def test_failed_for_good(db: Connection) -> None:
    failed = put(db, TRIGGER, "slack")

    assert outbox.mark_failed(db, take(db), "Slack answered 400")
    assert (row(db, failed)["status"], row(db, failed)["last_error"]) == ("failed", "Slack answered 400")
    time_passes(db, "1 year")
    assert claim(db) == []


def test_a_released_row_was_never_tried(db: Connection) -> None:
    released = put(db, TRIGGER, "slack")

    assert outbox.release(db, take(db), "no such webhook")
    found = row(db, released)
    assert (found["status"], found["attempts"], found["last_error"]) == ("pending", 0, "no such webhook")
    assert claim(db) == [released]


MARKS = {
    "sent": outbox.mark_sent,
    "retry": lambda db, claimed: outbox.mark_retry(db, claimed, "late", retry_after=MINUTE),
    "failed": lambda db, claimed: outbox.mark_failed(db, claimed, "late"),
    "release": lambda db, claimed: outbox.release(db, claimed, "late"),
}


@pytest.mark.parametrize("taken_over_by", ["bob", "ann"])
@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_mark_after_the_claim_was_lost_changes_nothing(db: Connection, mark, taken_over_by: str) -> None:
    put(db, TRIGGER, "slack")
    lost = take(db, "ann")
    time_passes(db, "1 hour")
    current = take(db, taken_over_by)
    before = row(db, lost.id)

    assert mark(db, lost) is False
    assert row(db, lost.id) == before
    assert outbox.mark_sent(db, current) is True
    assert mark(db, current) is False, "nothing is marked twice"


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
    outbox.mark_sent(db, take(db))
    outbox.mark_retry(db, take(db), "Slack answered 500", retry_after=MINUTE)
    take(db, "bob")  # at work on it now

    waiting = outbox.waiting(db, "slack", "ann")

    assert (waiting.total, waiting.due) == (3, 2)
    assert waiting.next_attempt_at == row(db, rows[1])["next_attempt_at"]
    assert waiting.last_error == "Slack answered 500"


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


def test_three_workers_share_many_rows_without_taking_one_twice(db: Connection, database_uri: str) -> None:
    incidents = [add_incident(db) for _ in range(60)]
    rows = {put(db, event, "slack", incident) for incident in incidents for event in (TRIGGER, RESOLVE)}

    def work(worker: str) -> list[int]:
        done = []
        with sms_db.connect(database_uri) as conn:
            while claims := outbox.claim(conn, "slack", worker, limit=2):
                assert all(outbox.mark_sent(conn, claimed) for claimed in claims)
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

    def mark(_: int) -> bool:
        with sms_db.connect(database_uri) as conn:
            return outbox.mark_sent(conn, claimed)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(mark, range(3))) == [False, False, True]
