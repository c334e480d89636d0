"""kill -9 of a dispatch at every step, then the run that follows: nothing is lost, and who is told twice is known."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.dispatch import dispatch
from tests.killing import killed_before_statement
from tests.notify.samples import RESOLVE, TRIGGER, add_incident, put, row, statuses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers
    from sms_monitoring.notify.channels.base import Channel, Result
    from sms_monitoring.notify.message import Message

ALL = ["email", "pagerduty", "slack"]
# Suppress three times, count; then for each of two rows claim, mark, look for an alarm that is over; claim none and
# no suspect, suppress, count.
STATEMENTS = 14
MARKS = (5, 8)


def run(conn: Connection, channel: str, worker: str = "ann", **kwargs) -> None:
    dispatch(conn, channel, worker, pause=lambda _: None, **kwargs)


@pytest.fixture
def incident(request, db: Connection) -> None:
    """An incident that began and ended, for the channel of the test."""
    incident_id = add_incident(db)
    for message in (TRIGGER, RESOLVE):
        put(db, message, request.getfixturevalue("channel"), incident_id)


@pytest.mark.parametrize("step", range(STATEMENTS))
@pytest.mark.parametrize("channel", ALL)
def test_killed_between_any_two_statements(
    db: Connection, database_uri: str, receivers: Receivers, incident: None, channel: str, step: int
) -> None:
    assert killed_before_statement(database_uri, step, lambda conn: run(conn, channel))

    run(db, channel)

    assert statuses(db) == ["sent", "sent"]
    # Twice only what was accepted and could not be marked.
    assert len(receivers.received(channel, accepted=True)) == 2 + (step in MARKS)
    if channel == "pagerduty":
        assert [found["status"] for found in receivers.incidents()] == ["resolved"], "one incident, and it is over"


def test_no_statement_was_left_out(db: Connection, database_uri: str, receivers: Receivers) -> None:
    incident_id = add_incident(db)
    for message in (TRIGGER, RESOLVE):
        put(db, message, "slack", incident_id)

    assert not killed_before_statement(database_uri, STATEMENTS, lambda conn: run(conn, "slack"))


class KilledAround:
    """The real channel, in a process that dies just before or just after the far side is told."""

    seconds_between_messages = 0.0

    def __init__(self, channel: Channel, *, after: bool) -> None:
        self.channel, self.after, self.group_size = channel, after, channel.group_size

    def send(self, messages: Sequence[Message]) -> Result:
        if self.after:
            self.channel.send(messages)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@pytest.mark.parametrize("after", [False, True], ids=["before the send", "after the send"])
@pytest.mark.parametrize("next_worker", ["ann", "bob"])
@pytest.mark.parametrize("channel", ALL)
def test_killed_around_the_send(
    db: Connection, database_uri: str, receivers: Receivers, channel: str, next_worker: str, after: bool
) -> None:
    told = put(db, TRIGGER, channel)

    assert killed_before_statement(
        database_uri,
        STATEMENTS,
        lambda conn: run(conn, channel, load=lambda name: KilledAround(load_channel(name), after=after)),
    )
    assert row(db, told)["status"] == "sending"
    if next_worker == "bob":
        run(db, channel, "bob")
        assert row(db, told)["status"] == "sending", "another run waits until the lease is over"
        db.execute("UPDATE sms_alert_notifications SET lease_until = now() - interval '1 second'")
    run(db, channel, next_worker)

    assert row(db, told)["status"] == "sent"
    assert len(receivers.received(channel, accepted=True)) == 1 + after
    if channel == "pagerduty":
        assert len(receivers.incidents()) == 1
