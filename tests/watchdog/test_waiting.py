"""Locks, a slow database, a silent network: a pass ends in time and says why."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.watchdog import session
from sms_monitoring.watchdog.memory import Memory, Told
from sms_monitoring.watchdog.run import watch
from sms_monitoring.watchdog.types import WATCHES

SOME = [alert for alert in WATCHES if alert.name in ("clock_skew", "dag_paused", "dag_failing")]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(session, "LOCK_TIMEOUT", "100ms")


@pytest.fixture
def look(database_uri):
    return lambda **kwargs: watch(lambda: sms_db.connect(database_uri), **{"watches": SOME, **kwargs})


@pytest.fixture
def locked(database_uri):
    """Lock a table until the test ends."""
    with psycopg.connect(database_uri) as conn:
        yield lambda table: conn.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())


def test_locked_tables_end_the_pass_at_once_and_are_told_as_such(db, receivers, look, locked, impatient):
    locked("sms_alert_thresholds")
    report = look()
    [trouble] = report.troubles
    assert (trouble.subject, trouble.title) == ("database", "Tables of the metrics database are locked")
    assert trouble.parts == {alert.name for alert in SOME}, "no second round"
    assert "canceling statement due to lock timeout" in dict(trouble.facts)["dag_paused"]
    assert [incident["dedup_key"] for incident in receivers.incidents()] == ["sms-monitoring/watchdog/database"]


def test_one_table_that_is_locked_is_one_check_that_cannot_see(db, receivers, look, locked, impatient):
    locked("sms_dag_status")
    report = look(watches=SOME[:2])
    assert [(trouble.subject, sorted(trouble.parts)) for trouble in report.troubles] == [("evaluation", ["dag_paused"])]


def test_a_database_that_waits_is_no_wrong_clock(db, look, database_uri, receivers):
    """The lock is let go while the check waits for it."""
    holder = psycopg.connect(database_uri)
    holder.execute("LOCK TABLE sms_alert_thresholds IN ACCESS EXCLUSIVE MODE")
    release = threading.Timer(2, holder.close)
    release.start()
    report = look(watches=SOME[:1], clock=lambda: datetime.now(UTC))
    release.join()
    [value] = db.execute("SELECT value FROM sms_alert_evaluations WHERE alert_type = 'clock_skew'").fetchone()
    assert (report.troubles, value < 1.5) == ([], True)


def test_when_its_time_is_up_it_stops_and_pages(db, receivers, look, locked, monkeypatch):
    monkeypatch.setattr(session, "LOCK_TIMEOUT", "0")
    locked("sms_alert_thresholds")
    [trouble] = look(budget=timedelta(seconds=0.5)).troubles
    assert (trouble.subject, trouble.title) == ("evaluation", "The watchdog's pass takes too long")
    assert trouble.parts == {"clock_skew"}
    assert len(receivers.incidents()) == 1


def test_a_command_that_hangs_pages_and_ends(db, receivers, monkeypatch):
    """Something listens there, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"postgresql://ann:s3cr3t@127.0.0.1:{silent.getsockname()[1]}/none?connect_timeout=60"
        code = "from sms_monitoring.watchdog import command as c; c.DEADLINE_SECONDS = 0.5; c.run_command()"
        environment = {**os.environ, "SMS_MONITORING_DB_URI": uri, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=50, check=False
        )
    assert done.returncode == 1, done.stderr
    assert "trigger of evaluation: told pagerduty" in done.stdout
    assert "s3cr3t" not in done.stdout + done.stderr
    assert "hangs" in json.dumps(receivers.received("pagerduty"))


def test_its_connection_notices_a_silent_network(db, database_uri, monkeypatch):
    from sms_monitoring.watchdog.command import _connect

    monkeypatch.setenv("SMS_MONITORING_DB_URI", database_uri)
    with _connect() as conn:
        assert {"connect_timeout": "10", "tcp_user_timeout": "30000", "keepalives_idle": "10"}.items() <= (
            conn.info.get_parameters().items()
        )


def test_what_airflow_did_not_say_is_reported(db, receivers, look, caplog):
    def note(conn):
        raise RuntimeError("s3cr3t")

    assert look(before=note).as_dict()["airflow was not asked"] == "RuntimeError"
    assert "could not be noted: RuntimeError" in caplog.text


def test_values_of_rows_are_not_logged(db, receivers, look, caplog, monkeypatch):
    def note(conn):
        conn.execute("SELECT 'Hi Anna Miller, call +12025550143'::timestamptz")

    monkeypatch.setattr(
        "sms_monitoring.watchdog.run.Evaluator", lambda conn, **_: type("Broken", (), {"run": lambda _: note(conn)})()
    )
    report = look(before=note)
    assert [trouble.subject for trouble in report.troubles] == ["evaluation"]
    assert "Anna" not in caplog.text + str(report)
    assert "clock_skew cannot be evaluated: InvalidDatetimeFormat (22007)" in caplog.text


def test_a_zone_reaches_the_selects(db, database_uri, monkeypatch):
    monkeypatch.setenv("SMS_MONITORING_TIMEZONE", "Europe/Berlin")
    found = []
    with session.Session(connect=lambda: sms_db.connect(database_uri)) as opened:
        asked = "SELECT current_setting('sms_monitoring.timezone')"
        assert opened.attempt("zone", lambda conn: found.append(conn.execute(asked).fetchone())) is None
    assert found == [("Europe/Berlin",)]


def test_a_memory_of_times_without_a_zone_is_begun_anew(memory):
    told = {"since": "2026-03-10T12:00:00", "channels": {"slack": "2026-03-10T12:00:00"}, "parts": []}
    memory.write_text(json.dumps({"database": told}))
    with Memory(memory).open() as opened:
        assert (opened.told, opened.is_lost) == ({}, True)


def test_the_lock_follows_no_link(memory, tmp_path):
    target = tmp_path / "precious"
    target.write_text("kept")
    memory.with_suffix(".lock").symlink_to(target)
    with Memory(memory).open():
        pass
    assert target.read_text() == "kept"


def test_a_memory_that_somebody_holds_is_in_the_way_of_no_page(memory):
    with Memory(memory).open(), Memory(memory, patience=0).open() as second:
        assert second.is_lost is False


def test_a_memory_that_cannot_be_written_leaves_nothing_behind(memory):
    memory.unlink(missing_ok=True)
    memory.mkdir()
    for _ in range(3):
        with Memory(memory).open() as opened:
            opened.told["database"] = Told(since="2026-03-10T10:00:00+00:00")
    assert sorted(path.name for path in memory.parent.iterdir()) == sorted([memory.name, f"{memory.stem}.lock"])
