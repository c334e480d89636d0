"""kill -9 in the middle of a pass, and two passes at once: nothing is lost, and nothing is told twice."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.timeframe import HOUR, floor_hour
from sms_monitoring.watchdog.run import watch
from sms_monitoring.watchdog.types import WATCHES
from tests.killing import killed_before_statement
from tests.watchdog.rows import aggregated, dag, notification, real_now

# Those that the rows below are about, so that a pass is short.
SOME = [alert for alert in WATCHES if alert.name in ("dag_failing", "outbox_failing")]


@pytest.fixture
def broken(db):
    """A DAG that fails (pagerduty and slack), and a delivery by Slack that does (slack, and so by mail)."""
    aggregated(db, floor_hour(real_now()) - HOUR)
    dag(db, "sms_hourly_monitoring", observed_at=real_now(), failures_in_a_row=2)
    notification(db, "webhook", attempts=4, last_error="it answered 500", next_attempt_at=real_now() + HOUR)


def told(receivers):
    """Channel → how often each of the two was told there."""
    return {
        (channel, word): sum(word in str(record["content"]) for record in receivers.received(channel, accepted=True))
        for channel in ("pagerduty", "slack")
        for word in ("keeps failing", "keep failing")
    }


ONCE = {
    ("pagerduty", "keeps failing"): 1,
    ("pagerduty", "keep failing"): 0,
    ("slack", "keeps failing"): 1,
    ("slack", "keep failing"): 1,
}


@pytest.mark.parametrize("step", range(3, 90, 6))
def test_killed_between_any_two_statements(db, database_uri, broken, receivers, step):
    killed_before_statement(database_uri, step, lambda conn: watch(lambda: nullcontext(conn), watches=SOME))
    # The next pass comes ten minutes later, when the lease of the killed one is over.
    db.execute("UPDATE sms_alert_notifications SET lease_until = now() - interval '1 second' WHERE status = 'sending'")
    report = watch(lambda: sms_db.connect(database_uri), watches=SOME)

    assert report.troubles == []
    heard = told(receivers)
    assert all(heard[what] >= often for what, often in ONCE.items())
    assert sum(heard.values()) <= sum(ONCE.values()) + 1, "twice only what was accepted and could not be marked"
    assert len(receivers.incidents()) == 1
    assert db.execute("SELECT count(*) FROM sms_alert_history WHERE alert_type LIKE '%failing'").fetchone() == (2,)


def test_two_at_once_are_as_one(db, database_uri, broken, receivers):
    reports = []
    workers = [
        threading.Thread(
            target=lambda name=name: reports.append(
                watch(lambda: sms_db.connect(database_uri), watches=SOME, worker=name)
            )
        )
        for name in ("ann", "bob", "cleo")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [report.troubles for report in reports] == [[], [], []]
    assert told(receivers) == ONCE
    assert len(receivers.incidents()) == 1
