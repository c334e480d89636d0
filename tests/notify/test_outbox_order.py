"""What the outbox lets out, and when: the beginning first, the end last, nothing stale, nothing held back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sms_monitoring.notify import outbox
from sms_monitoring.notify.message import Message, Severity
from tests.notify.samples import (
    ACKNOWLEDGE,
    ESCALATE,
    REPEAT,
    RESOLVE,
    TRIGGER,
    add_incident,
    end_incident,
    put,
    row,
)

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
from tests.notify.test_outbox import MINUTE, claim, take

# ── The beginning before all else ────────────────────────────────────────────────────────────


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
    outbox.mark_retry(db, [take(db)], "down", retry_after=[MINUTE])

    assert outbox.suppress_undeliverable(db, "slack") == 0
    assert claim(db) == []


def test_a_resolve_is_due_once_its_trigger_is_sent(db: Connection, incident: dict[str, int]) -> None:
    outbox.mark_sent(db, [take(db)])

    assert outbox.suppress_undeliverable(db, "slack") == 0
    assert claim(db) == [incident["resolve"]]


def test_a_trigger_sent_in_another_channel_does_not_count(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "email", incident_id)
    put(db, TRIGGER, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    outbox.mark_sent(db, [take(db, channel="email")])

    outbox.mark_retry(db, [take(db)], "down", retry_after=[MINUTE])
    assert claim(db) == []


def test_a_resolve_whose_trigger_failed_is_never_sent(db: Connection, incident: dict[str, int]) -> None:
    outbox.mark_failed(db, [take(db)], ["no"])

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


@pytest.mark.parametrize("message", [REPEAT, ACKNOWLEDGE, RESOLVE], ids=lambda message: message.event)
def test_what_follows_waits_for_the_beginning(db: Connection, message: Message) -> None:
    incident_id = add_incident(db)
    follows = put(db, message, "slack", incident_id)
    trigger = put(db, TRIGGER, "slack", incident_id)
    put(db, TRIGGER, "email", incident_id)
    outbox.mark_sent(db, [take(db, channel="email")])

    assert claim(db, "bob") == [trigger], "what was told in another channel does not count"
    assert claim(db, "bob") == [trigger]

    outbox.mark_sent(db, outbox.claim(db, "slack", "bob", limit=10))
    assert claim(db) == [follows]


@pytest.mark.parametrize("message", [REPEAT, ACKNOWLEDGE, RESOLVE], ids=lambda message: message.event)
def test_what_follows_a_beginning_that_was_never_told_is_never_sent(db: Connection, message: Message) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    follows = put(db, message, "slack", incident_id)
    outbox.mark_failed(db, [take(db)], ["no"])

    assert outbox.suppress(db, "slack") == 1
    assert row(db, follows)["suppressed_reason"] == "trigger_not_delivered"


def test_an_escalation_waits_for_the_trigger_in_its_channel(db: Connection) -> None:
    incident_id = add_incident(db)
    trigger, escalate = put(db, TRIGGER, "slack", incident_id), put(db, ESCALATE, "slack", incident_id)

    first = take(db)
    assert (first.id, claim(db, "bob")) == (trigger, [])
    outbox.mark_sent(db, [first])
    assert claim(db) == [escalate]


@pytest.mark.parametrize("trigger", ["missing", "suppressed", "failed"])
def test_an_escalation_is_the_beginning_where_no_trigger_was_told(db: Connection, trigger: str) -> None:
    incident_id = add_incident(db)
    if trigger == "suppressed":
        outbox.enqueue(db, TRIGGER, channel="slack", incident_id=incident_id, suppressed_reason="cooldown")
    if trigger == "failed":
        put(db, TRIGGER, "slack", incident_id)
        outbox.mark_failed(db, [take(db)], ["no"])
    escalate, resolve = put(db, ESCALATE, "slack", incident_id), put(db, RESOLVE, "slack", incident_id)

    assert outbox.suppress(db, "slack") == 0
    claimed = take(db)
    assert (claimed.id, claim(db, "bob")) == (escalate, [])
    outbox.mark_sent(db, [claimed])
    assert claim(db) == [resolve]


def test_an_end_is_the_last_that_is_said(db: Connection) -> None:
    """What is under way might arrive after it, and open in PagerDuty what is over."""
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    outbox.mark_sent(db, [take(db)])
    put(db, REPEAT, "slack", incident_id)
    under_way = take(db, "bob")
    resolve = put(db, RESOLVE, "slack", incident_id)

    assert claim(db) == []
    outbox.mark_sent(db, [under_way])
    assert claim(db) == [resolve]


# ── What is no longer true ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("message", [REPEAT, ESCALATE, ACKNOWLEDGE], ids=lambda message: message.event)
def test_nobody_is_told_that_an_incident_lasts_which_is_over(db: Connection, message: Message) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    outbox.mark_sent(db, [take(db)])
    late, resolve = put(db, message, "slack", incident_id), put(db, RESOLVE, "slack", incident_id)
    end_incident(db, incident_id)

    assert outbox.suppress(db, "email") == 0
    assert outbox.suppress(db, "slack") == 1
    assert row(db, late)["suppressed_reason"] == "superseded"
    assert claim(db) == [resolve]


def test_a_trigger_is_told_even_late_and_its_end_after_it(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    end_incident(db, incident_id)

    assert outbox.suppress(db, "slack") == 0


def test_the_end_of_what_only_a_superseded_escalation_would_have_told_is_not_told(db: Connection) -> None:
    incident_id = add_incident(db)
    rows = [put(db, message, "email", incident_id) for message in (ESCALATE, RESOLVE)]
    end_incident(db, incident_id)

    assert outbox.suppress(db, "email") == 2
    assert [row(db, found)["suppressed_reason"] for found in rows] == ["superseded", "trigger_not_delivered"]


def test_an_escalation_that_may_have_got_through_stands(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, ESCALATE, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    outbox.mark_retry(db, [take(db)], "no answer", retry_after=[MINUTE])
    end_incident(db, incident_id)

    assert outbox.suppress(db, "slack") == 0


def test_of_several_repeats_the_last_is_enough(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    outbox.mark_sent(db, [take(db)])
    repeats = [put(db, replace(REPEAT, sequence=number), "slack", incident_id) for number in (1, 2, 3)]

    assert outbox.suppress(db, "slack") == 2
    assert claim(db) == repeats[2:]


def test_once_somebody_looks_after_it_it_is_not_repeated(db: Connection) -> None:
    incident_id = add_incident(db)
    put(db, TRIGGER, "slack", incident_id)
    outbox.mark_sent(db, [take(db)])
    repeat, escalate = put(db, REPEAT, "slack", incident_id), put(db, ESCALATE, "slack", incident_id)
    db.execute("UPDATE sms_alert_history SET acknowledged_at = now(), acknowledged_by = 'ann'")

    assert outbox.suppress(db, "slack") == 1
    assert row(db, repeat)["suppressed_reason"] == "superseded"
    assert claim(db) == [escalate], "somebody may have asked for it"


# ── What is held back now ────────────────────────────────────────────────────────────────────


def silence(db: Connection, **matchers: str) -> int:
    """A silence for the next hour."""
    columns, values = ", ".join(matchers), ", ".join(["%s"] * len(matchers))
    (silence_id,) = db.execute(
        f"INSERT INTO sms_alert_silences ({columns}, author, reason, expires_at)"
        f" VALUES ({values}, 'ann', 'moving', now() + interval '1 hour') RETURNING id",
        tuple(matchers.values()),
    ).fetchone()
    return silence_id


@pytest.mark.parametrize("message", [TRIGGER, REPEAT, ESCALATE], ids=lambda message: message.event)
def test_a_silence_made_after_the_row_was_written_holds_it_back(db: Connection, message: Message) -> None:
    incident_id = add_incident(db, entity="carrier-a")
    put(db, TRIGGER, "slack", incident_id)
    if message.event != "trigger":
        outbox.mark_sent(db, [take(db)])
    waiting = put(db, message, "slack", incident_id) if message.event != "trigger" else 1
    other = put(db, TRIGGER, "slack", add_incident(db, entity="carrier-b"))
    silence_id = silence(db, entity="carrier-a")

    assert outbox.suppress(db, "slack") == 1

    found = row(db, waiting)
    assert (found["status"], found["suppressed_reason"], found["silence_id"]) == ("suppressed", "silenced", silence_id)
    assert claim(db) == [other]


@pytest.mark.parametrize("message", [ACKNOWLEDGE, RESOLVE], ids=lambda message: message.event)
def test_no_silence_holds_back_an_end_or_an_acknowledgement(db: Connection, message: Message) -> None:
    incident_id = add_incident(db, entity="carrier-a")
    put(db, TRIGGER, "slack", incident_id)
    outbox.mark_sent(db, [take(db)])
    follows = put(db, message, "slack", incident_id)
    silence(db, entity="*")

    assert outbox.suppress(db, "slack") == 0
    assert claim(db) == [follows]


def test_the_end_of_what_was_held_back_is_not_told(db: Connection) -> None:
    incident_id = add_incident(db, entity="carrier-a")
    put(db, TRIGGER, "slack", incident_id)
    put(db, RESOLVE, "slack", incident_id)
    silence(db, entity="*")

    assert outbox.suppress(db, "slack") == 2


def test_a_severity_is_held_back_by_the_incident_not_by_the_message(db: Connection) -> None:
    warning = put(db, TRIGGER, "slack", add_incident(db, severity=Severity.WARNING))
    critical = put(db, TRIGGER, "slack", add_incident(db))
    silence(db, severity="warning")

    outbox.suppress(db, "slack")

    assert row(db, warning)["suppressed_reason"] == "silenced"
    assert claim(db) == [critical]


def test_a_graver_incident_about_the_same_thing_holds_back(db: Connection) -> None:
    critical, warning = add_incident(db, entity="carrier-a"), add_incident(db, entity="carrier-b")
    db.execute(
        "UPDATE sms_alert_history SET alert_type = 'delivery_rate_warning', severity = 'warning', entity = 'carrier-a'"
        " WHERE id = %s",
        (warning,),
    )
    first, second = put(db, TRIGGER, "slack", critical), put(db, TRIGGER, "slack", warning)

    assert outbox.suppress(db, "slack") == 1
    assert (row(db, second)["suppressed_reason"], row(db, second)["silence_id"]) == ("inhibited", None)
    assert claim(db) == [first]


def test_what_was_tried_before_a_silence_may_have_got_through_and_stands(db: Connection) -> None:
    put(db, TRIGGER, "slack")
    outbox.mark_retry(db, [take(db)], "no answer", retry_after=[MINUTE])
    silence(db, entity="*")

    assert outbox.suppress(db, "slack") == 0
