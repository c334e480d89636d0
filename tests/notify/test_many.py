"""Many rows and several dispatchers at once: every row delivered once, and soon; one alarm where all of them fail."""

from __future__ import annotations

import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Json

from sms_monitoring import db as sms_db
from sms_monitoring.notify.channels.base import Delivered, Permanent
from sms_monitoring.notify.dispatch import DispatchReport
from tests.notify.samples import RESOLVE, TRIGGER, add_incident, put, statuses
from tests.notify.test_dispatch import Scripted, run
from tests.notify.test_undelivered import alarms, events, refuse, told

if TYPE_CHECKING:
    from sms_monitoring.db import Connection
    from sms_monitoring.local.receivers import Receivers

ROWS = 10_000


def put_many(db: Connection, channel: str, number: int, *, sent: bool = False) -> None:
    """Triggers of so many incidents, each with a name of its own; ``sent`` long ago or waiting."""
    db.execute(
        """
        WITH incident AS (
            INSERT INTO sms_alert_history
                (alert_type, entity, severity, triggered_at, message, resolved_at, resolved_by)
            SELECT 'delivery_rate_critical', 'n' || number || 'n', 'critical', now(), '',
                CASE WHEN %(sent)s THEN now() END, CASE WHEN %(sent)s THEN 'engine' END
            FROM generate_series(1, %(number)s) AS number
            RETURNING id, entity
        )
        INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message, status, sent_at)
        SELECT id, 'trigger', %(channel)s, 'sms-monitoring/' || id,
            %(message)s::jsonb || jsonb_build_object('entity', entity, 'dedup_key', 'sms-monitoring/' || id),
            CASE WHEN %(sent)s THEN 'sent' ELSE 'pending' END, CASE WHEN %(sent)s THEN now() END
        FROM incident
        """,
        {"number": number, "channel": channel, "message": Json(TRIGGER.to_json()), "sent": sent},
    )


def dispatch_in_processes(database_uri: str, channel: str, workers: str) -> None:
    """One real process a worker; all of them end well."""
    children = []
    for worker in workers:
        child = os.fork()
        if child == 0:
            try:
                with sms_db.connect(database_uri) as conn:
                    run(conn, channel, worker)
                os._exit(0)
            except BaseException:
                os._exit(2)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(workers)


def test_ten_thousand_rows_on_three_dispatchers_are_each_delivered_once(
    db: Connection, database_uri: str, receivers: Receivers
) -> None:
    put_many(db, "webhook", ROWS)

    dispatch_in_processes(database_uri, "webhook", "abc")

    told = Counter(
        entity
        for record in receivers.received("webhook", accepted=True)
        for entity in re.findall(r"'entity': '(n\d+n)'", str(record["content"]))
    )
    assert len(told) == ROWS
    assert set(told.values()) == {1}
    (found,) = db.execute("SELECT array_agg(DISTINCT (status, attempts)::text) FROM sms_alert_notifications").fetchone()
    assert found == ["(sent,1)"]


@pytest.mark.parametrize("analyzed", [False, True], ids=["without statistics", "with statistics"])
def test_claiming_looks_into_indexes_only(db: Connection, analyzed: bool) -> None:
    """However much was sent before: with 10,000 that wait and 50,000 that were sent."""
    from sms_monitoring.sqlfiles import read_sql

    put_many(db, "slack", 50_000, sent=True)
    put_many(db, "slack", ROWS)
    db.execute(
        "INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message)"
        " SELECT incident_id, 'resolve', channel, dedup_key, message FROM sms_alert_notifications LIMIT 5000"
    )
    if analyzed:
        db.execute("ANALYZE sms_alert_notifications")
    params = {
        "channel": "slack",
        "worker": "ann",
        "max_rows": 1000,
        "lease": "5 minutes",
        "suspects": False,
        "suspect_after": 5,
        "but_for": [],
    }

    plan = [line for (line,) in db.execute(f"EXPLAIN {read_sql('outbox/claim.sql')}".encode(), params)]

    assert not [line for line in plan if "Seq Scan" in line or "Hash" in line]
    assert [line for line in plan if "Index Scan using sms_alert_notifications_due" in line]


@pytest.mark.parametrize("workers", [2, 3])
def test_dispatchers_at_once_deliver_each_row_once(
    db: Connection, database_uri: str, receivers: Receivers, workers: int
) -> None:
    incidents = [add_incident(db) for _ in range(25)]
    for incident in incidents:
        put(db, replace(TRIGGER, entity=str(incident)), "pagerduty", incident)
        put(db, replace(RESOLVE, entity=str(incident)), "pagerduty", incident)

    def work(worker: str) -> DispatchReport:
        with sms_db.connect(database_uri) as conn:
            return run(conn, "pagerduty", worker)

    with ThreadPoolExecutor(workers) as pool:
        reports = list(pool.map(work, "abc"[:workers]))
    reports.append(run(db, "pagerduty", "last"))

    assert sum(report.sent for report in reports) == 50
    assert set(statuses(db)) == {"sent"}
    assert len(receivers.received("pagerduty")) == 50
    found = receivers.incidents()
    assert len(found) == 25
    assert {(incident["status"], incident["trigger_events"]) for incident in found} == {("resolved", 1)}


def test_dispatchers_that_fail_at_once_open_one_incident(db: Connection, database_uri: str) -> None:
    for _ in range(4):
        put(db, TRIGGER, "pagerduty")
    together = Barrier(4)

    class Together(Scripted):
        def send(self, messages):
            together.wait(timeout=30)
            return super().send(messages)

    def work(worker: str) -> int:
        with sms_db.connect(database_uri) as conn:
            return run(conn, "pagerduty", worker, load=lambda _: Together([Permanent("no")])).failed

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, "abcd")) == [1, 1, 1, 1]

    (alarm,) = alarms(db)
    assert sorted(events(db)) == ["repeat", "repeat", "repeat", "trigger"]
    assert alarm["reminders"] == 3
    assert sorted(message.sequence for message in told(db)) == [0, 1, 2, 3]


def test_dispatchers_that_deliver_at_once_end_it_once(db: Connection, database_uri: str) -> None:
    put(db, TRIGGER, "pagerduty")
    refuse(db)
    for _ in range(12):
        put(db, TRIGGER, "pagerduty")

    def work(worker: str) -> int:
        with sms_db.connect(database_uri) as conn:
            return refuse(conn, Delivered(), worker=worker).sent

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, "abc")) == 12

    assert events(db) == ["trigger", "resolve"]
