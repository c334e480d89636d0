"""Whoever listens hears what changes, misses nothing between two streams, and holds nobody up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.api.live import hub as hub_module
from sms_monitoring.api.live.hub import Hub
from sms_monitoring.api.live.read import read
from tests.alerts import incidents
from tests.alerts.acting import act, call, edit
from tests.api.conftest import BASE, REPOSITORY
from tests.api.listening import SECONDS, listening, next_events, serving
from tests.api.quality_rows import run
from tests.product import at

STREAM = f"{BASE}/stream"


@pytest.fixture(autouse=True)
def _reader_in_a_hurry(monkeypatch):
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 0.05)


@pytest.fixture
def address(airflow_app, client):
    with serving(airflow_app) as base:
        yield f"{base}{STREAM}"


@pytest.fixture
def listen(address, token):
    """``with listen("vic") as (answer, heard)``."""

    def start(name="ann", last_event_id=None):
        headers = {"Authorization": f"Bearer {token(name)}"} if name else {}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        return listening(address, **headers)

    return start


def recent(db, **row):
    now = db.execute("SELECT clock_timestamp()").fetchone()[0]
    return incidents.incident(db, triggered_at=now, **row)


def of(incident_id, change):
    data = {"id": str(incident_id), "alert_type": incidents.CRITICAL, "entity": "all", "severity": "critical"}
    return "incident", {**data, "change": change}


# ── What is heard ────────────────────────────────────────────────────────────────────────────────


def test_an_incident_is_heard_of_from_its_beginning_to_its_end(db, listen):
    with listen("vic") as (answer, heard):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in answer.headers  # though the client takes gzip
        assert next(heard).retry == "3000"
        assert next_events(heard)[0] == []

        incident_id = recent(db)
        assert next_events(heard)[0] == [of(incident_id, "opened")]
        act(db, "acknowledge", incident_id, "ann")
        assert next_events(heard)[0] == [of(incident_id, "acknowledged")]
        act(db, "escalate", incident_id, "ann", "slack")
        assert next_events(heard)[0] == [of(incident_id, "changed")]
        incidents.insert(
            db, "sms_alert_notifications", incident_id=incident_id, event="trigger", channel="slack", dedup_key="x",
            message="{}",
        )  # fmt: skip
        assert next_events(heard)[0] == [of(incident_id, "changed")]
        act(db, "resolve", incident_id, "ann")
        assert next_events(heard)[0] == [of(incident_id, "resolved")]


def test_thresholds_and_silences_are_heard_of(db, listen):
    with listen() as (_, heard):
        next_events(heard)
        edit(db, {"threshold_value": 85})
        assert next_events(heard)[0] == [("threshold", {"alert_type": incidents.CRITICAL})]
        silence = call(db, "sms_alert_silence", who="ann", reason="maintenance", duration="2 hours")
        [silence_id] = silence.values()
        assert next_events(heard)[0] == [("silence", {"id": silence_id})]
        act(db, "end_silence", silence_id, "ann")
        assert next_events(heard)[0] == [("silence", {"id": silence_id})]


def test_another_state_of_an_alert_without_an_incident_is_heard_of(db, listen):
    with listen() as (_, heard):
        next_events(heard)
        incidents.insert(
            db, "sms_alert_transitions", occurred_at="2026-03-10T10:00Z", alert_type="llm_failure_critical",
            entity="all", from_state="ok", to_state="no_data", reason="no_data",
        )  # fmt: skip
        assert next_events(heard)[0] == [("threshold", {"alert_type": "llm_failure_critical"})]


def test_the_newest_hour_is_heard_of(db, listen):
    hour = "INSERT INTO sms_aggregated_hours (family, metric_hour, aggregated_at) VALUES (%s, %s, %s)"
    with listen() as (_, heard):
        next_events(heard)
        db.execute(hour, ("delivery", "2026-03-10T10:00Z", "2026-03-10T11:05Z"))
        assert next_events(heard)[0] == [("hour", {"newest_hour": "2026-03-10T10:00:00Z", "view_refreshed_at": None})]
        # Aggregated before it was over, and then one that is older: neither is news.
        db.execute(hour, ("delivery", "2026-03-10T11:00Z", "2026-03-10T11:05Z"))
        db.execute(hour, ("engagement", "2026-03-10T09:00Z", "2026-03-10T11:05Z"))
        db.execute("INSERT INTO sms_metrics_by_day VALUES ('2026-03-10', 'sent_count', 1, 1)")
        db.execute("REFRESH MATERIALIZED VIEW sms_metrics_daily")
        [(event, data)], _ = next_events(heard)
        assert (event, data["newest_hour"]) == ("hour", "2026-03-10T10:00:00Z")
        assert data["view_refreshed_at"].endswith("Z")


def test_checks_of_the_data_are_heard_of_when_they_are_done(db, listen):
    with listen() as (_, heard):
        next_events(heard)
        checked = run(db, at("11:00"), verdict=None)
        incidents.insert(
            db, "sms_alert_transitions", occurred_at="2026-03-10T10:00Z", alert_type="llm_failure_critical",
            entity="all", from_state="ok", to_state="no_data", reason="no_data",
        )  # fmt: skip
        # It has only begun: that is no news.
        assert next_events(heard)[0] == [("threshold", {"alert_type": "llm_failure_critical"})]
        done = "UPDATE sms_quality_runs SET finished_at = '2026-03-10T11:05Z', verdict = 'passed' WHERE id = %s"
        db.execute(done, (checked,))
        assert next_events(heard)[0] == [("quality", {"checked_at": "2026-03-10T11:05:00Z"})]


def test_all_who_listen_are_told_by_one_reader(db, listen, monkeypatch):
    from sms_monitoring.api.routes import stream

    with listen() as (_, ann), listen("vic") as (_, vic):
        next_events(ann), next_events(vic)
        assert stream.hub.listeners == 2
        incident_id = recent(db)
        assert next_events(ann)[0] == next_events(vic)[0] == [of(incident_id, "opened")]


# ── Between two streams ──────────────────────────────────────────────────────────────────────────


def test_nothing_that_happened_meanwhile_is_missed(db, listen):
    known = incidents.incident(db)
    with listen() as (_, heard):
        _, position = next_events(heard)
    new = recent(db, entity="carrier B")
    act(db, "resolve", known, "ann")
    edit(db, {"threshold_value": 85})
    db.execute("INSERT INTO sms_aggregated_hours VALUES ('delivery', '2026-03-10T10:00Z')")
    with listen(last_event_id=position) as (_, heard):
        events, _ = next_events(heard)
    opened = ("incident", {**of(new, "opened")[1], "entity": "carrier B"})
    assert sorted(events, key=str) == sorted(
        [
            ("hour", {"newest_hour": "2026-03-10T10:00:00Z", "view_refreshed_at": None}),
            of(known, "resolved"),
            opened,
            ("threshold", {"alert_type": incidents.CRITICAL}),
        ],
        key=str,
    )


def test_what_was_being_written_when_the_stream_ended_is_not_missed(db, database_uri, listen):
    with sms_db.connect(database_uri) as slow, slow.transaction():
        # A savepoint has a transaction id of its own.
        with slow.transaction():
            late = recent(slow, entity="late")
        early = recent(db, entity="early")
        with listen() as (_, heard):
            _, position = next_events(heard)
    assert early != late
    with listen(last_event_id=position) as (_, heard):
        events, _ = next_events(heard)
    assert str(late) in {data["id"] for _, data in events}


def test_a_long_transaction_makes_nothing_be_told_twice(db, database_uri, listen):
    with sms_db.connect(database_uri) as slow, slow.transaction():
        slow.execute("CREATE TABLE holds_a_transaction_id ()")
        with listen() as (_, heard):
            next_events(heard)
            first, second = recent(db, entity="1"), None
            assert [data["id"] for _, data in next_events(heard)[0]] == [str(first)]
            second = recent(db, entity="2")
            assert [data["id"] for _, data in next_events(heard)[0]] == [str(second)]


@pytest.mark.parametrize(
    "position",
    [
        "garbage", "1-2-3", "'; DROP TABLE sms_metrics; --", "1-9223372036854775808-1-1-1-1",
        "1-9223372036854775807-9223372036854775807-1-1-1", "1-1-1-9999999999999999999-0-0", "1-1-1-1-1-1", "é",
    ],
)  # fmt: skip
def test_a_position_that_nobody_knows_means_to_read_everything_again(listen, position):
    with listen(last_event_id=position.encode()) as (_, heard):
        assert next_events(heard)[0] == [("resync", {})]


def test_more_than_can_be_told_means_to_read_everything_again(db):
    before = read(db, None).position
    db.execute(
        "INSERT INTO sms_alert_transitions (occurred_at, alert_type, entity, reason)"
        " SELECT now(), 'x', n::text, 'first' FROM generate_series(1, 10) AS n"
    )
    from sms_monitoring.api.live.changes import catch_up, is_lost

    assert [event.name for event in catch_up(before, read(db, before.oldest, rows=11))] == ["threshold"]
    assert [event.name for event in catch_up(before, read(db, before.oldest, rows=10))] == ["resync"]
    later = read(db, None)
    assert not is_lost(later.position, read(db, later.position.oldest, rows=10))


def test_an_absence_of_half_a_day_means_to_read_everything_again(db):
    from dataclasses import replace

    from sms_monitoring.api.live.changes import is_lost

    reading = read(db, None)
    at = reading.position.at
    assert not is_lost(replace(reading.position, at=at - timedelta(hours=12)), reading)
    assert is_lost(replace(reading.position, at=at - timedelta(hours=12, seconds=1)), reading)


# ── Trouble ──────────────────────────────────────────────────────────────────────────────────────


def test_a_database_that_is_away_is_reported_and_what_happened_meanwhile_is_told(db, listen, monkeypatch):
    from sms_monitoring.api import database
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    real = SmsMetricsHook.get_conn

    def refuse(self):
        raise psycopg.OperationalError("connection refused")

    with listen() as (_, heard):
        next_events(heard)
        monkeypatch.setattr(SmsMetricsHook, "get_conn", refuse)
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        away = next(heard)
        assert (away.event, away.data["database"], away.id) == ("problem", "away", None)
        incident_id = recent(db)
        with listen("vic") as (_, late):
            assert next(late).comment == "open"
            assert next(late).data["database"] == "away"
            monkeypatch.setattr(SmsMetricsHook, "get_conn", real)
            database.close_pool()
            assert next(late).data["database"] == "back"
        back = next(heard)
        assert (back.event, back.data["database"]) == ("problem", "back")
        assert next_events(heard)[0] == [of(incident_id, "opened")]


def test_who_does_not_listen_is_sent_away_and_holds_nobody_up(db, monkeypatch):
    monkeypatch.setattr(hub_module, "MAX_WAITING", 2)

    async def scenario():
        hub = Hub(lambda since: read(db, since))
        slow, quick = hub.listen("ann", None), hub.listen("bob", None)
        await anext(slow), await anext(quick)
        for number in range(5):
            while b"id:" not in await anext(quick):
                pass
            await asyncio.to_thread(recent, db, entity=str(number))
        left = [chunk async for chunk in slow]
        await quick.aclose()
        return len(left), hub.listeners

    assert asyncio.run(asyncio.wait_for(scenario(), SECONDS)) == (2, 0)


def test_a_stream_ends_after_a_while(listen, monkeypatch):
    monkeypatch.setattr(hub_module, "LIFETIME_SECONDS", 0.3)
    with listen() as (_, heard):
        assert [each.comment for each in heard if not each.id] == ["open"]


def test_a_quiet_stream_shows_signs_of_life(listen, monkeypatch):
    monkeypatch.setattr(hub_module, "KEEP_ALIVE_SECONDS", 0.05)
    with listen() as (_, heard):
        _, position = next_events(heard)
        alive = next(heard)
        assert alive.comment == "keep-alive"
        assert alive.id.split("-")[:3] == position.split("-")[:3]


def test_the_reader_stops_when_nobody_listens_and_a_client_that_goes_is_noticed(db, listen):
    from sms_monitoring.api.routes import stream

    with listen() as (_, heard):
        next_events(heard)
        reader = stream.hub._reader
    deadline = time.monotonic() + SECONDS
    while not reader.done():
        assert time.monotonic() < deadline
    assert stream.hub.listeners == 0


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────


def test_only_readers_may_listen(address, token):
    assert httpx.get(address).status_code == 401
    assert httpx.get(address, headers={"Authorization": f"Bearer {token('nell')}"}).status_code == 403


def test_one_user_has_so_many_streams(address, listen, token, monkeypatch):
    monkeypatch.setattr(hub_module, "MAX_LISTENERS_OF_ONE_USER", 1)
    monkeypatch.setattr(hub_module, "MAX_LISTENERS", 2)
    ask = {name: {"Authorization": f"Bearer {token(name)}"} for name in ("ann", "vic")}
    with listen("ann") as (_, ann):
        next_events(ann)
        refused = httpx.get(address, headers=ask["ann"])
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        with listen("vic") as (_, vic):
            next_events(vic)
            assert httpx.get(address, headers=ask["ann"]).status_code == 503


# ── A server that stops ──────────────────────────────────────────────────────────────────────────

SERVER = """
import sys
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from sms_monitoring import db
from sms_monitoring.api.live.hub import Hub
from sms_monitoring.api.live.read import read

def once(since):
    with db.connect() as conn:
        return read(conn, since)

hub, app = Hub(once), FastAPI()

@app.get("/")
async def stream():
    return StreamingResponse(hub.listen("ann", None))

class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)

Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=60)).run()
"""


def test_open_streams_do_not_keep_a_server_from_stopping(db, database_uri):
    environment = {**os.environ, "SMS_MONITORING_DB_URI": database_uri, "PYTHONPATH": str(REPOSITORY / "plugins")}
    server = subprocess.Popen([sys.executable, "-c", SERVER], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        with listening(f"http://127.0.0.1:{port}/") as (_, heard):
            next_events(heard)
            told_at = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert list(heard) == []
            server.wait(SECONDS)
        assert time.monotonic() - told_at < 30  # half of what Uvicorn would wait for them
    finally:
        server.kill()
        server.wait()
