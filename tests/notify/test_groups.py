"""Several messages at once: told as one, marked as one, and no one of them at the expense of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import Delivered, Misconfigured, Permanent, RetryLater
from sms_monitoring.notify.dispatch import REFUSALS_IN_A_ROW, DispatchReport
from tests.notify.samples import RESOLVE, TEST, TRIGGER, WARNING, add_incident, put, row, statuses, time_passes
from tests.notify.test_dispatch import Scripted, accepted, run

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers
    from tests.notify.far_sides import HttpFarSide

GROUPING = ["email", "slack"]


def put_carriers(db: Connection, channel: str, number: int) -> list[int]:
    """Warnings about so many carriers, each an incident of its own."""
    return [put(db, replace(WARNING, entity=f"carrier-{place}"), channel) for place in range(number)]


# ── Told as one ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", GROUPING)
def test_what_is_due_at_once_is_one_message(db: Connection, receivers: Receivers, channel: str) -> None:
    put_carriers(db, channel, 12)
    put(db, TRIGGER, channel)
    outbox.enqueue(db, TEST, channel=channel)

    assert run(db, channel) == DispatchReport(sent=14)

    assert statuses(db) == ["sent"] * 14
    (record,) = accepted(receivers, channel)
    assert record["warnings"] == []
    told = str(record["content"])
    assert "🔴 1 critical, 🟠 12 warning, 🧪 1 test" in told
    assert "and 4 more: 3 warning, 1 test" in told
    assert told.index("SMS delivery rate is low") < told.index("carrier-0")


def test_pagerduty_gets_each_incident_by_itself(db: Connection, receivers: Receivers) -> None:
    put_carriers(db, "pagerduty", 3)

    assert run(db, "pagerduty") == DispatchReport(sent=3)
    assert len(receivers.incidents()) == 3


@pytest.mark.parametrize("channel", GROUPING)
def test_one_alone_looks_as_it_always_does(db: Connection, receivers: Receivers, channel: str) -> None:
    put(db, TRIGGER, channel)
    run(db, channel)
    load_channel(channel).send([TRIGGER])

    told, alone = (dict(record["content"]) for record in accepted(receivers, channel))
    assert told == alone


@pytest.mark.parametrize("channel", GROUPING)
def test_ends_follow_their_beginnings_in_a_message_of_their_own(
    db: Connection, receivers: Receivers, channel: str
) -> None:
    for incident in [add_incident(db) for _ in range(3)]:
        put(db, TRIGGER, channel, incident)
        put(db, RESOLVE, channel, incident)

    assert run(db, channel) == DispatchReport(sent=6)

    first, second = (str(record["content"]) for record in accepted(receivers, channel))
    assert "🔴 3 critical" in first
    assert "✅ 3 resolved" in second
    assert "critical" not in second.split("✅ 3 resolved")[0]


def test_no_group_is_larger_than_the_channel_takes(db: Connection) -> None:
    put_carriers(db, "slack", 7)
    channel = Scripted([Delivered()], group_size=3)

    assert run(db, "slack", load=lambda _: channel).sent == 7
    assert [len(group) for group in channel.sent] == [3, 3, 1]


def test_the_pace_is_kept_between_groups_not_messages(db: Connection) -> None:
    put_carriers(db, "slack", 6)
    channel, pauses = Scripted([Delivered()], group_size=3), []
    channel.seconds_between_messages = 1000.0

    run(db, "slack", load=lambda _: channel, pause=pauses.append)

    assert len(pauses) == 1


# ── Not taken ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def refusing_slack(http_far_side: HttpFarSide, monkeypatch: pytest.MonkeyPatch) -> HttpFarSide:
    """A Slack that refuses what holds the word BROKEN."""
    http_far_side.refused = b"BROKEN"
    secret, host = quote("T0/B0/x", safe=""), quote(f"127.0.0.1:{http_far_side.port}/services", safe="")
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_SLACK", f"slackwebhook://http://:{secret}@{host}")
    return http_far_side


@pytest.mark.parametrize("place", [0, 3, 7])
def test_one_that_is_refused_takes_no_other_with_it(db: Connection, refusing_slack: HttpFarSide, place: int) -> None:
    rows = put_carriers(db, "slack", 8)
    broken = rows[place]
    db.execute(
        'UPDATE sms_alert_notifications SET message = message || \'{"title": "BROKEN"}\' WHERE id = %s', (broken,)
    )

    report = run(db, "slack")

    assert (report.sent, report.failed, report.held) == (7, 1, 0)
    assert row(db, broken)["status"] == "failed"
    assert "Slack answered 400" in str(row(db, broken)["last_error"])
    assert [row(db, sound)["attempts"] for sound in rows if sound != broken] == [1] * 7
    assert refusing_slack.requests == 7, "halves of halves: 8, 4, 2, 1, and the three that held it not"


def test_where_each_is_refused_the_rest_is_tried_again_later(db: Connection, receivers: Receivers) -> None:
    put_carriers(db, "slack", 100)
    receivers.fail("slack", status=400)

    report = run(db, "slack")

    assert (report.failed, report.retried, report.held) == (REFUSALS_IN_A_ROW, 97, 97)
    assert len(receivers.received("slack")) < 15, "a channel that refuses everything is not flooded"
    receivers.recover()
    time_passes(db, "61 seconds")
    assert run(db, "slack").sent == 97


def test_one_that_breaks_the_code_holds_back_no_other(db: Connection) -> None:
    class Breaks(Scripted):
        def send(self, messages):
            super().send(messages)
            if any(message.entity == "carrier-1" for message in messages):
                raise RuntimeError("CANARY")
            return Delivered()

    rows = put_carriers(db, "slack", 4)

    report = run(db, "slack", load=lambda _: Breaks([Delivered()], group_size=10))

    assert (report.sent, report.retried) == (3, 1)
    assert row(db, rows[1])["last_error"].startswith("unexpected RuntimeError at test_groups.py:")
    assert "CANARY" not in str(report)


def test_a_stored_message_that_cannot_be_read_fails_alone(db: Connection, receivers: Receivers) -> None:
    rows = put_carriers(db, "slack", 3)
    db.execute("UPDATE sms_alert_notifications SET message = message - 'severity' WHERE id = %s", (rows[1],))

    report = run(db, "slack")

    assert (report.sent, report.failed) == (2, 1)
    assert "cannot be read: KeyError 'severity'" in str(row(db, rows[1])["last_error"])
    assert len(accepted(receivers, "slack")) == 1


def test_what_is_tried_again_is_so_each_after_its_own_delay(db: Connection, receivers: Receivers) -> None:
    first, second = put_carriers(db, "slack", 2)
    db.execute("UPDATE sms_alert_notifications SET attempts = 4 WHERE id = %s", (second,))
    receivers.fail("slack", status=500, times=1)

    assert run(db, "slack").retried == 2

    waits = [
        (row(db, found)["next_attempt_at"] - row(db, found)["created_at"]).total_seconds() // 60
        for found in (first, second)
    ]
    assert waits == [1, 16]


def test_what_was_tried_often_enough_is_given_up_alone(db: Connection, receivers: Receivers) -> None:
    first, second = put_carriers(db, "slack", 2)
    db.execute("UPDATE sms_alert_notifications SET attempts = 9 WHERE id = %s", (second,))
    receivers.fail("slack", status=500, times=1)

    report = run(db, "slack")

    assert (report.retried, report.failed) == (1, 1)
    assert [row(db, found)["status"] for found in (first, second)] == ["pending", "failed"]


def test_what_fails_for_a_day_is_given_up_however_rarely_it_was_tried(db: Connection, receivers: Receivers) -> None:
    old, young = put_carriers(db, "slack", 2)
    db.execute("UPDATE sms_alert_notifications SET created_at = now() - interval '25 hours' WHERE id = %s", (old,))
    receivers.fail("slack", status=500, times=1)

    assert (run(db, "slack").failed, row(db, young)["status"]) == (1, "pending")
    assert row(db, old)["last_error"] == "given up after 24 h: Slack answered 500: rollup_error"


def test_what_is_old_but_was_never_tried_is_tried(db: Connection, receivers: Receivers) -> None:
    put_carriers(db, "slack", 1)
    time_passes(db, "3 days")

    assert run(db, "slack") == DispatchReport(sent=1)


def test_a_wrong_connection_leaves_the_whole_group_uncounted(db: Connection) -> None:
    rows = put_carriers(db, "slack", 3)

    report = run(db, "slack", load=lambda _: Scripted([Misconfigured("no such webhook")], group_size=10))

    assert (report.sent, report.retried, report.held) == (0, 0, 3)
    assert [row(db, found)["attempts"] for found in rows] == [0, 0, 0]


def test_a_channel_that_fails_amid_the_parts_is_left_alone(db: Connection) -> None:
    put_carriers(db, "slack", 8)
    channel = Scripted([Permanent("no"), RetryLater("down", 120, whole_channel=True)], group_size=10)

    report = run(db, "slack", load=lambda _: channel)

    assert [len(group) for group in channel.sent] == [8, 4]
    assert (report.retried, report.held) == (8, 8)


def test_parts_that_were_taken_over_meanwhile_are_not_sent_again(db: Connection) -> None:
    """The leases ran out while the first parts were sent; another worker delivered the rest."""
    rows = put_carriers(db, "slack", 4)

    class Slow(Scripted):
        def send(self, messages):
            outcome = super().send(messages)
            if len(self.sent) == 2:
                time_passes(db, "1 hour")
                others = outbox.claim(db, "slack", "bob", limit=10)
                outbox.mark_sent(db, others, note="by bob")
            return outcome

    channel = Slow([Permanent("no"), Delivered()], group_size=10)
    run(db, "slack", load=lambda _: channel)

    assert [len(group) for group in channel.sent] == [4, 2]
    assert [row(db, found)["last_error"] for found in rows] == ["by bob"] * 4


def test_all_of_a_group_is_marked_in_one_statement(db: Connection, receivers: Receivers) -> None:
    put_carriers(db, "slack", 20)

    run(db, "slack")

    (marks,) = db.execute("SELECT count(DISTINCT xmin::text) FROM sms_alert_notifications").fetchone()
    assert marks == 1
