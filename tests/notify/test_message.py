"""The neutral message: stored and read back, and put into words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sms_monitoring.notify import outbox
from sms_monitoring.notify.message import Event, Message, Severity
from sms_monitoring.notify.wording import detail, headline, look_of, sentence, severity_aside, subject_of
from tests.notify.samples import ACKNOWLEDGE, ESCALATE, EVENTS, NOTICE, REPEAT, RESOLVE, TEST, TRIGGER, WARNING, row


@pytest.mark.parametrize("message", EVENTS.values(), ids=EVENTS)
def test_what_is_stored_is_what_is_read(message: Message) -> None:
    assert Message.from_json(message.to_json()) == message


def test_what_postgresql_cannot_hold_is_stored_all_the_same(db) -> None:
    odd = replace(TRIGGER, title="nul \0 and half a pair \ud83d", facts=(("a\0", "\udc4d"),), event=Event.TEST)

    row_id = outbox.enqueue(db, odd, channel="slack")

    stored = Message.from_json(row(db, row_id)["message"])
    assert (stored.title, stored.facts) == ("nul ? and half a pair ?", (("a?", "?"),))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (TRIGGER, "Critical: SMS delivery rate is low"),
        (WARNING, "Warning: Opt-outs are many (carrier-a)"),
        (replace(WARNING, severity=Severity.INFO), "Info: Opt-outs are many (carrier-a)"),
        (RESOLVE, "Resolved: SMS delivery rate is low"),
        (replace(RESOLVE, title="SMS delivery rate is low"), "Resolved: SMS delivery rate is low"),
        (REPEAT, "Still critical: SMS delivery rate is low"),
        (replace(WARNING, event=Event.REPEAT), "Still warning: Opt-outs are many (carrier-a)"),
        (ESCALATE, "Escalated: SMS delivery rate is low"),
        (ACKNOWLEDGE, "Acknowledged: SMS delivery rate is low"),
        (TEST, "Test: Test alert"),
        (NOTICE, "Notice: 2 silences outlive their reason"),
    ],
)
def test_headline(message: Message, expected: str) -> None:
    assert headline(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (TRIGGER, TRIGGER.summary),  # it begins with the title
        (replace(TRIGGER, summary="62.1 %,\nbelow 90 %"), "SMS delivery rate is low: 62.1 %, below 90 %"),
        (replace(WARNING, summary=""), "Opt-outs are many (carrier-a)"),
        (RESOLVE, RESOLVE.summary),
        (replace(RESOLVE, title="SMS delivery rate is low"), RESOLVE.summary),
        (TEST, "Test alert: SMS monitoring reaches this channel. Nothing is wrong."),
    ],
)
def test_one_sentence(message: Message, expected: str) -> None:
    assert sentence(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (TRIGGER, "62.1 %, below the threshold of 90 % (sample 1240)."),
        (RESOLVE, "Over after 2 h 00 min, recovered."),
        (WARNING, WARNING.summary),
        (replace(TRIGGER, summary=""), ""),
    ],
)
def test_below_the_headline_the_title_is_not_said_again(message: Message, expected: str) -> None:
    assert detail(message) == expected


def test_each_state_has_its_own_sign_and_colour() -> None:
    severities = [replace(TRIGGER, severity=severity) for severity in Severity]
    messages = [*severities, ACKNOWLEDGE, RESOLVE, TEST, NOTICE]

    assert len({look_of(message).sign for message in messages}) == len(messages)
    assert len({look_of(message).colour for message in messages}) == len(messages)


def test_what_fires_looks_like_its_severity_said_again_or_not() -> None:
    assert look_of(REPEAT).sign == look_of(TRIGGER).sign
    assert look_of(REPEAT).colour == look_of(ESCALATE).colour == look_of(TRIGGER).colour


@pytest.mark.parametrize(
    ("message", "aside"),
    [(TRIGGER, ""), (REPEAT, ""), (ESCALATE, "critical"), (ACKNOWLEDGE, "critical"), (RESOLVE, "was critical")],
)
def test_how_bad_it_is_is_said_somewhere(message: Message, aside: str) -> None:
    assert severity_aside(message) == aside


def test_a_title_of_several_lines_is_one_line() -> None:
    assert subject_of(replace(TRIGGER, title="SMS\r\nBcc: x")) == "SMS Bcc: x"
