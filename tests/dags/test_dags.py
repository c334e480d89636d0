"""Every DAG parses, is documented and bounded; parsing stays cheap; plugins load without a single error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((REPOSITORY / "dags").glob("*.py"))
DAG_IDS = [path.stem for path in DAG_FILES]

PARSE = """
import json, sys
sys.path.insert(0, "plugins")
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags")
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
print(json.dumps({
    "errors": bag.import_errors,
    "plugin_errors": errors,
    "plugins": [plugin.name for plugin in plugins],
    "modules": sorted(sys.modules),
    "dags": {
        dag.dag_id: {
            "owner": dag.owner, "tags": sorted(dag.tags), "doc": dag.doc_md, "catchup": dag.catchup,
            "timeout": dag.dagrun_timeout and dag.dagrun_timeout.total_seconds(),
            "callback": bool(dag.on_failure_callback),
            "deadlines": [one.interval.total_seconds() for one in dag.deadline or []],
            "schedule": dag.timetable.__class__.__name__,
            "tasks": {
                task.task_id: {
                    "retries": task.retries,
                    "timeout": task.execution_timeout and task.execution_timeout.total_seconds(),
                    "rule": task.trigger_rule.value, "upstream": sorted(task.upstream_task_ids),
                    "doc": task.doc_md or task.doc or getattr(task, "python_callable", type(task)).__doc__,
                }
                for task in dag.tasks
            },
        }
        for dag in bag.dags.values()
    },
}, default=str))
"""


def parse(tmp_path, **variables):
    """What Airflow makes of the DAG and plugin folders, in a process of its own."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/none.db",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", PARSE], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    return parse(tmp_path_factory.mktemp("airflow"))


def test_every_dag_file_holds_the_dag_of_its_name_and_parses(parsed):
    assert parsed["errors"] == {}
    assert sorted(parsed["dags"]) == DAG_IDS


def test_plugins_load_with_zero_errors(parsed):
    assert parsed["plugin_errors"] == {}
    assert "sms_monitoring" in parsed["plugins"]


def test_parsing_imports_nothing_heavy(parsed):
    heavy = {
        "great_expectations",
        "altair",
        "scipy",
        "pandas",
        "numpy",
        "vl_convert",
        "slack_sdk",
        "pagerduty",
        "uvicorn",
    }
    assert heavy.isdisjoint(parsed["modules"])


@pytest.mark.parametrize("path", DAG_FILES, ids=DAG_IDS)
def test_a_dag_file_is_wiring_only(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    assert "SELECT" not in text


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_dag_is_owned_documented_bounded_and_reports_its_failure(parsed, dag_id):
    dag = parsed["dags"][dag_id]
    assert dag["owner"] == "sms-monitoring"
    assert {"sms", "monitoring"} <= set(dag["tags"])
    assert dag["doc"].startswith("### ")
    assert dag["timeout"] > 0
    assert dag["callback"]
    for name, task in dag["tasks"].items():
        assert task["timeout"], name
        assert task["doc"], name
        assert task["timeout"] <= dag["timeout"], name


def test_the_hourly_chain_is_wired_in_order(parsed):
    tasks = parsed["dags"]["sms_hourly_monitoring"]["tasks"]
    families = {f"aggregate.{name}" for name in ("delivery", "generation", "engagement", "recorded")}
    alerts = {name for name in tasks if name.startswith("evaluate.")}
    channels = {f"dispatch.{name}" for name in ("slack", "pagerduty", "email", "sms", "webhook")}
    assert set(tasks["refresh_views"]["upstream"]) == families
    assert len(alerts) == 6
    assert tasks["check_quality"]["upstream"] == ["refresh_views"]
    assert all(tasks[alert]["upstream"] == ["check_quality"] for alert in alerts)
    assert set(tasks["follow_up"]["upstream"]) == alerts
    assert all(tasks[channel]["upstream"] == ["follow_up"] for channel in channels)
    single = {"refresh_views", "check_quality", "follow_up", "send_heartbeat", "fail_if_any_failed"}
    assert set(tasks) == families | alerts | channels | single


def test_the_follow_up_delivers_where_something_is_due(parsed):
    tasks = parsed["dags"]["sms_alert_followup"]["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items() if name != "fail_if_any_failed"} == {
        "follow_up": [],
        "find_channels_due": ["follow_up"],
        "dispatch": ["find_channels_due"],
    }
    assert tasks["find_channels_due"]["rule"] == "all_done"
    assert set(tasks["fail_if_any_failed"]["upstream"]) == set(tasks) - {"fail_if_any_failed"}


def test_one_failure_stops_nothing_behind_it_and_still_fails_the_run(parsed):
    tasks = dict(parsed["dags"]["sms_hourly_monitoring"]["tasks"])
    watcher = tasks.pop("fail_if_any_failed")
    assert watcher["rule"] == "one_failed"
    assert set(watcher["upstream"]) == set(tasks)
    heartbeat = tasks.pop("send_heartbeat")
    assert heartbeat["rule"] == "none_failed"
    assert set(heartbeat["upstream"]) == set(tasks)
    assert {task["rule"] for name, task in tasks.items() if not name.startswith("aggregate.")} == {"all_done"}


def test_the_hourly_run_has_a_deadline_well_before_it_times_out(parsed):
    dag = parsed["dags"]["sms_hourly_monitoring"]
    assert dag["deadlines"] == [30 * 60]
    assert dag["deadlines"][0] < dag["timeout"]


def test_the_watchdog_sees_and_tells_in_one_task_that_is_not_retried(parsed):
    dag = parsed["dags"]["sms_watchdog"]
    assert dag["catchup"] is False
    assert {name: task["upstream"] for name, task in dag["tasks"].items()} == {"watch": [], "send_heartbeat": ["watch"]}
    assert dag["tasks"]["watch"]["retries"] == 0


def test_the_silence_review_delivers_only_when_it_found_something(parsed):
    tasks = parsed["dags"]["sms_weekly_silence_review"]["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {"review": [], "deliver": ["review"]}
    assert tasks["deliver"]["rule"] == "all_success"  # "review" skips it with an empty list.


def test_a_threshold_is_only_replayed_when_somebody_asks(parsed):
    dag = parsed["dags"]["sms_replay_threshold"]
    assert dag["schedule"] == "NullTimetable"
    assert list(dag["tasks"]) == ["replay"]


def test_catch_up_begins_where_the_environment_says(parsed, tmp_path):
    assert parsed["dags"]["sms_hourly_monitoring"]["catchup"] is False
    configured = parse(tmp_path, SMS_MONITORING_START_DATE="2026-03-10T10:00:00+00:00")
    assert configured["dags"]["sms_hourly_monitoring"]["catchup"] is True


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SMS_MONITORING_START_DATE", "yesterday", "not a time with a zone"),
        ("SMS_MONITORING_START_DATE", "2026-03-10T10:00:00", "not a time with a zone"),
        ("SMS_MONITORING_TIMEZONE", "Mars/Olympus", "not an IANA time zone"),
        ("SMS_MONITORING_DEADLINE_MINUTES", "soon", "not a number of minutes"),
    ],
)
def test_a_bad_setting_is_an_import_error_that_names_it(tmp_path, variable, value, message):
    errors = parse(tmp_path, **{variable: value})["errors"]
    assert errors
    assert all(variable in error and message in error for error in errors.values())
