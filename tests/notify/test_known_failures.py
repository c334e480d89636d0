"""Failures that other alerting tools are known for, one test each: none of them happens here."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.local.receivers import slack_rules
from sms_monitoring.notify import outbox
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.slack import MAX_HEADER, MAX_ITEM, MAX_SECTION, format_group, format_message
from sms_monitoring.notify.dispatch import DispatchReport
from tests.killing import killed_before_statement
from tests.notify.samples import RESOLVE, TRIGGER, WARNING, add_incident, end_incident, put, row, statuses, time_passes
from tests.notify.test_dispatch import accepted, run
from tests.notify.test_killed import MARKS

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers

FOLDING = "pagerduty"
GROUPING = ["email", "slack"]


@pytest.mark.parametrize("channel", [*GROUPING, FOLDING])
def test_duplicates_when_two_dispatchers_run(
    db: Connection, database_uri: str, receivers: Receivers, channel: str
) -> None:
    entities = [f"carrier-{place:03}-" for place in range(40)]
    for entity in entities:
        put(db, replace(WARNING, entity=entity, summary=""), channel)

    def work(worker: str) -> int:
        with sms_db.connect(database_uri) as conn:
            return run(conn, channel, worker, load=small_groups).sent

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, ["ann", "bob"])) == 40

    told = [
        entity
        for record in accepted(receivers, channel)
        for entity in set(re.findall(r"carrier-\d+-", str(record["content"])))
    ]
    assert sorted(told) == entities, "each once"


def small_groups(channel: str):
    """The real channel, with groups small enough for all of it to be shown."""
    loaded = load_channel(channel)
    loaded.group_size = min(loaded.group_size, 5)
    return loaded


@pytest.mark.parametrize(("channel", "taken"), [("pagerduty", 2), ("slack", 2), ("email", 2)])
def test_a_duplicate_after_accepted_but_timed_out(
    db: Connection, receivers: Receivers, channel: str, taken: int
) -> None:
    """Taken, but the answer was lost: told again, for nobody can know. PagerDuty makes one incident of it."""
    told = put(db, TRIGGER, channel)
    receivers.fail(channel, drop=True, times=1)

    assert run(db, channel).retried == 1
    time_passes(db, "61 seconds")
    assert run(db, channel) == DispatchReport(sent=1)
    assert run(db, channel) == DispatchReport(), "what is answered is never sent again"

    assert len(accepted(receivers, channel)) == taken
    assert row(db, told)["attempts"] == 2, "counted"
    if channel == "pagerduty":
        assert [found["trigger_events"] for found in receivers.incidents()] == [2], "one incident, nobody paged twice"
    if channel == "email":
        first, second = (record["content"] for record in accepted(receivers, channel))
        assert first == second


@pytest.mark.parametrize("channel", [*GROUPING, FOLDING])
def test_history_write_fails_after_send(db: Connection, database_uri: str, receivers: Receivers, channel: str) -> None:
    """Delivered, then killed before the mark: not lost, and nothing that was marked before is sent again."""
    before, last = put(db, TRIGGER, channel), put(db, TRIGGER, channel)
    db.execute("UPDATE sms_alert_notifications SET next_attempt_at = now() + interval '1 hour' WHERE id = %s", (last,))
    run(db, channel)
    time_passes(db, "61 minutes")

    assert killed_before_statement(database_uri, MARKS[0], lambda conn: run(conn, channel))
    assert [row(db, found)["status"] for found in (before, last)] == ["sent", "sending"]
    assert run(db, channel) == DispatchReport(sent=1)

    assert statuses(db) == ["sent", "sent"]
    assert [row(db, found)["attempts"] for found in (before, last)] == [1, 2]
    assert len(accepted(receivers, channel)) == 3, "one more than two, and no more"


@pytest.mark.parametrize("channel", GROUPING)
def test_hundreds_of_identical_messages(db: Connection, receivers: Receivers, channel: str) -> None:
    """300 incidents in one run, as when one carrier's failure breaks every campaign."""
    for place in range(300):
        put(db, replace(TRIGGER, entity=f"campaign-{place}"), channel)

    assert run(db, channel) == DispatchReport(sent=300)

    (record,) = accepted(receivers, channel)
    shown = str(record["content"])
    assert "🔴 300 critical" in shown
    assert "and 290 more: 290 critical" in shown
    html = str(record["content"].get("html") or record["content"]["attachments"])
    assert len(set(re.findall(r"campaign-\d+", html))) == 10
    assert record["warnings"] == []


def test_truncation_inside_an_html_entity() -> None:
    """At whatever place the limit falls: never half of "&amp;", alone and in a group."""
    for length in range(MAX_SECTION - 40, MAX_SECTION + 10):
        title = "x" * (length % MAX_HEADER) + "&" * 200
        odd = replace(TRIGGER, title=title, summary="x" * length + "&<>" * 2000)
        short = replace(odd, summary="x" * (length % MAX_ITEM) + "&<>" * 2000)
        for payload in (format_message(odd), format_group([odd, short, RESOLVE])):
            verdict = slack_rules.judge(json.dumps(payload).encode())
            assert (verdict.reason, verdict.warnings) == (None, ())


@pytest.mark.parametrize("channel", [*GROUPING, FOLDING])
@pytest.mark.parametrize("trigger", ["held back", "refused"])
def test_resolved_without_firing(db: Connection, receivers: Receivers, channel: str, trigger: str) -> None:
    """Nobody reads "resolved" who did not read "firing"."""
    incident = add_incident(db)
    if trigger == "held back":
        outbox.enqueue(db, TRIGGER, channel=channel, incident_id=incident, suppressed_reason="cooldown")
    else:
        put(db, TRIGGER, channel, incident)
        receivers.fail(channel, status=550 if channel == "email" else 400, times=1)
        run(db, channel)
    put(db, RESOLVE, channel, incident)
    end_incident(db, incident)

    assert run(db, channel).sent == 0

    assert accepted(receivers, channel) == []
    found = db.execute(
        "SELECT suppressed_reason FROM sms_alert_notifications WHERE channel = %s AND event = 'resolve'", (channel,)
    ).fetchall()
    assert found == [("trigger_not_delivered",)]


@pytest.mark.parametrize("channel", [*GROUPING, FOLDING])
def test_a_resolve_that_never_comes(db: Connection, receivers: Receivers, channel: str) -> None:
    """The trigger waits through an outage and the incident is over meanwhile: both are told, in this order."""
    incident = add_incident(db)
    put(db, TRIGGER, channel, incident)
    receivers.fail(channel, refuse=True, times=1)
    run(db, channel)
    put(db, RESOLVE, channel, incident)
    end_incident(db, incident)
    time_passes(db, "1 hour")

    assert run(db, channel) == DispatchReport(sent=2)
    first, second = (str(record["content"]) for record in accepted(receivers, channel))
    assert "Resolved" not in first
    assert "Resolved" in second
