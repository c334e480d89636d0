"""Small campaigns: against the code as it is nothing is found, against broken code something is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import psutil
import psycopg
import pytest
from chaos.campaign import run_campaign
from chaos.verdict import MUST_BE_ZERO

from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.sqlfiles import read_sql, sql_root
from tests.conftest import REPOSITORY

COMMAND = [sys.executable, "-m", "chaos"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONPATH": "plugins"}


def databases(postgres: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(postgres.uri("postgres"), autocommit=True) as conn:
        return [name for (name,) in conn.execute("SELECT datname FROM pg_database WHERE datname LIKE 'sms_chaos_%'")]


@pytest.fixture
def broken_sql(tmp_path, monkeypatch):
    """Replaces a piece of a statement, in a copy of all SQL."""
    shutil.copytree(sql_root(), tmp_path / "sql")

    def replace(name: str, piece: str, by: str) -> None:
        file = tmp_path / "sql" / name
        text = file.read_text(encoding="utf-8")
        assert piece in text, f"{name} has changed; break it in another way"
        file.write_text(text.replace(piece, by), encoding="utf-8")
        monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(tmp_path / "sql"))
        read_sql.cache_clear()

    return replace


def test_nothing_is_lost_or_said_twice(postgres):
    told = []
    result = run_campaign(postgres, 1, range(30), jobs=2, tell=lambda so_far: told.append(so_far.counts["runs"]))
    assert result.faults == {}
    assert told == list(range(1, 31))
    assert {name: result.counts[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0)
    # It was put to the test at all.
    assert result.counts["kills"] > 20
    assert result.counts["sent"] > 60
    assert result.counts["duplicate_unanswered"] + result.counts["pagerduty_folded"] > 5


@pytest.mark.parametrize(
    ("name", "piece", "by", "figure", "runs"),
    [
        ("outbox/claim.sql", "n.lease_until < now()", "true", "claimed_twice", 16),
        ("outbox/claim.sql", "n.lease_until < now()", "false", "lost", 4),
        ("outbox/mark_sent.sql", "WHERE n.id", "WHERE random() < 0.5 AND n.id", "duplicate_answered", 8),
    ],
    ids=["a lease that nobody heeds", "a lease that never ends", "a mark that is not made"],
)
def test_broken_code_is_found(postgres, broken_sql, name, piece, by, figure, runs):
    broken_sql(name, piece, by)
    result = run_campaign(postgres, 1, range(runs), jobs=2)
    assert result.counts[figure] > 0
    assert any(text.startswith(figure) for faults in result.faults.values() for text in faults)


def test_the_command_prints_one_json_object_last_and_leaves_nothing_behind_when_it_is_stopped():
    done = subprocess.run(
        [*COMMAND, "--only", "3"], cwd=REPOSITORY, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["runs"] == 1
    assert figures["lost"] == figures["duplicate_pagerduty"] == figures["duplicate_answered"] == 0
    assert {"duplicate_unanswered", "seconds"} <= set(figures)
    assert "Plan(seed=1" in done.stderr
    assert "number=3" in done.stderr

    # A group of its own, so that Ctrl-C reaches it as from a terminal: all of its processes at once.
    stopped = subprocess.Popen(
        [*COMMAND, "--runs", "100000"], cwd=REPOSITORY, env=ENVIRONMENT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert stopped.stderr is not None
    assert "10 of 100000 runs" in stopped.stderr.readline()
    family = psutil.Process(stopped.pid).children(recursive=True)
    os.killpg(stopped.pid, signal.SIGINT)
    printed, said = stopped.communicate(timeout=60)
    assert (stopped.returncode, printed) == (130, "")
    assert said.endswith("stopped\n")
    assert "Traceback" not in said
    assert psutil.wait_procs(family, timeout=5)[1] == []
    own = EmbeddedPostgres(REPOSITORY / ".local" / "chaos-postgres")
    assert not own.is_running()
    own.start()
    try:
        assert databases(own) == []
    finally:
        own.stop()


def test_a_campaign_without_runs_is_refused():
    done = subprocess.run(
        [*COMMAND, "--runs", "0"], cwd=REPOSITORY, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--runs and --jobs are 1 or more" in done.stderr
