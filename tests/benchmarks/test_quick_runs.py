"""Every benchmark once, at a size that says nothing about speed: each compares only what gave the same rows."""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg
import pytest
from benchmarks import (
    dashboard,
    delivery,
    detection,
    evaluation,
    history,
    parsing,
    quality,
    recompute,
    refresh,
    simulator,
)
from benchmarks.bare_insert import bare_insert
from benchmarks.bench import Bench, BenchmarkError
from benchmarks.databases import check_same_rows, scratch_database
from benchmarks.delivery import check_each_once
from psycopg.conninfo import conninfo_to_dict

from tests.browser import require_chromium
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("benchmark", "figures"),
    [
        (simulator, ["simulator_messages_per_second"]),
        (refresh, ["refresh_speedup_1m", "refresh_speedup_5m"]),
        (recompute, ["recompute_ratio"]),
        (history, ["hourly_history_ratio"]),
        (parsing, ["dag_parse_ratio"]),
        (delivery, ["dispatch_rows_per_second", "dispatch_overhead_ratio", "dispatch_grouped_rows_per_second"]),
        (
            detection,
            [
                "false_alerts_per_series_week",
                "detection_within_2h",
                "naive_false_alerts_per_series_week",
                "naive_detection_within_2h",
            ],
        ),
        (evaluation, ["evaluate_ratio"]),
        (quality, ["full_suite_seconds", "full_suite_mb", "gate_database_seconds", "gate_share"]),
        (
            dashboard,
            ["api_overhead_ratio", "api_load_p95_ratio", "dashboard_kilobytes", "dashboard_first_chart_ms"],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_benchmark_gives_its_figures(postgres, tmp_path, monkeypatch, benchmark, figures):
    if benchmark is dashboard:
        require_chromium()
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    results = benchmark.run(Bench(postgres, quick=True))
    assert list(results) == figures
    assert all(value > 0 for name, value in results.items() if name != "false_alerts_per_series_week")


def test_a_scratch_database_is_gone_at_the_end_also_after_an_error(postgres):
    with pytest.raises(RuntimeError, match="half-way"), scratch_database(postgres) as uri:
        name = conninfo_to_dict(uri)["dbname"]
        assert postgres.has_database(name)
        raise RuntimeError("half-way")
    assert not postgres.has_database(name)


def test_the_command_prints_one_json_object_last():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "simulator", "--quick"],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": "plugins"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout.splitlines()[-1])) == ["simulator_messages_per_second"]
    assert "messages in" in done.stderr


def test_an_unknown_benchmark_is_refused_with_the_names_of_the_known():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nonsense"], cwd=REPOSITORY, env={"PYTHONPATH": "plugins"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no benchmark nonsense; there are: simulator, refresh" in done.stderr


def test_two_ways_with_different_rows_are_not_compared(db):
    check_same_rows(db, "VALUES (1), (2)", "VALUES (2), (1)")
    with pytest.raises(BenchmarkError, match=r"1 rows only in \[VALUES \(1\), \(1\)\], 0 only in"):
        check_same_rows(db, "VALUES (1), (1)", "VALUES (1)")


def pagerduty_event(key, *, accepted=True):
    return {"channel": "pagerduty", "accepted": accepted, "content": {"dedup_key": key}}


def webhook_call(*keys):
    body = {"alerts": [{"dedup_key": key} for key in keys]}
    return {"channel": "webhook", "accepted": True, "content": {"body": body}}


@pytest.mark.parametrize(
    ("received", "message"),
    [
        ([pagerduty_event("a"), pagerduty_event("b")], None),
        ([pagerduty_event("a", accepted=False), pagerduty_event("a"), pagerduty_event("b")], None),
        ([webhook_call("b", "a")], None),
        ([pagerduty_event("a")], "of 2 rows 1 were not delivered, and 0 deliveries were one too many"),
        ([pagerduty_event("a"), pagerduty_event("b", accepted=False)], "of 2 rows 1 were not delivered"),
        ([webhook_call("a", "b"), webhook_call("b")], "of 2 rows 0 were not delivered, and 1 deliveries were one"),
        ([webhook_call("a", "b", "c")], "and 1 deliveries were one too many"),
    ],
)
def test_rows_must_be_delivered_once_each(received, message):
    if message is None:
        check_each_once(["a", "b"], received)
    else:
        with pytest.raises(BenchmarkError, match=message):
            check_each_once(["a", "b"], received)


def test_the_bare_statement_is_valid_sql_of_one_statement(db):
    statement = bare_insert("bare_")
    with pytest.raises(psycopg.errors.UndefinedTable, match="bare_sms_metrics"):
        db.execute(statement.encode(), {"window_start": "2026-03-10", "window_end": "2026-03-11"})
