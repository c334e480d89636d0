"""In front of a real scheduler: a killed task, a run that hangs, an error in code. Who is told, and of what."""

from __future__ import annotations

import io
import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from rich.console import Console

from sms_monitoring import db as sms_db
from sms_monitoring.local.credentials import ADMIN
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.receivers.connections import ROUTING_KEY
from sms_monitoring.local.stack import Stack
from sms_monitoring.timeframe import floor_hour
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sms_monitoring.local.postgres import EmbeddedPostgres

STATE = ".local/ended-runs"
DATABASE, AIRFLOW_DATABASE = "sms_ended_runs", "airflow_ended_runs"
PROBES = Path(__file__).parent / "probes"
BODY, PHONE = "Hi Ann, your table is ready at eight", "+12025550143"
SECONDS = 180.0
PROBE_DAGS = {"probe_killed", "probe_late", "probe_raises", "probe_repeats"}


@dataclass(frozen=True)
class Field:
    """A running Airflow with the probes, and the folder through which they are steered."""

    stack: Stack
    folder: Path

    def start(self, probe: str) -> None:
        """Let the scheduler run a probe."""
        self.stack.api.unpause(probe)

    def pid_of(self, probe: str) -> int:
        """The process that runs a probe's task, once there is one."""
        file = self.folder / f"{probe}.pid"
        self.stack.wait_until(file.exists, f"{probe} runs", SECONDS)
        return int(file.read_text())

    def release(self, probe: str) -> None:
        """Let a probe's task end well."""
        (self.folder / f"{probe}.released").touch()

    def told(self, channel: str, about: str) -> list[dict[str, Any]]:
        """What a channel took that names ``about``."""
        return [
            record["content"]
            for record in self.stack.receivers.received(channel, accepted=True)
            if about in json.dumps(record["content"])
        ]

    def incident(self, dag_id: str) -> dict[str, Any] | None:
        """PagerDuty's incident about a DAG."""
        incidents = [each for each in self.stack.receivers.incidents() if each["dedup_key"].endswith(f"/{dag_id}")]
        assert len(incidents) <= 1
        return incidents[0] if incidents else None

    def status_of(self, dag_id: str) -> str | None:
        """Of PagerDuty's incident about a DAG."""
        incident = self.incident(dag_id)
        return incident["status"] if incident else None

    def clear_failed(self, dag_id: str) -> None:
        """As a person does in Airflow's UI."""
        [run] = self.stack.api.runs(dag_id)
        body = {"dry_run": False, "only_failed": True, "reset_dag_runs": True, "dag_run_id": run["dag_run_id"]}
        self.post(f"/dags/{dag_id}/clearTaskInstances", body)

    def post(self, path: str, body: dict[str, Any]) -> None:
        """Ask Airflow's API for a change, as an administrator."""
        login = {"username": ADMIN, "password": self.stack.passwords[ADMIN]}
        with httpx.Client(base_url=self.stack.airflow_url, trust_env=False, timeout=30) as client:
            client.headers["Authorization"] = f"Bearer {client.post('/auth/token', json=login).json()['access_token']}"
            client.post(f"/api/v2{path}", json=body).raise_for_status()


@pytest.fixture(scope="module")
def field(postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    postgres.drop_database(DATABASE)
    postgres.create_database(DATABASE, template=template)
    folder = tmp_path_factory.mktemp("probes")
    layout, steps = Layout(REPOSITORY, STATE), Steps(Console(file=io.StringIO()))
    with Stack(
        layout, steps, postgres=postgres, metrics_uri=postgres.uri(DATABASE), airflow_database=AIRFLOW_DATABASE
    ) as stack:
        stack.start_receivers(fresh=True)
        stack.start_airflow(
            fresh=True,
            start_date=floor_hour(datetime.now(UTC)),
            extra={
                "AIRFLOW__CORE__DAGS_FOLDER": str(PROBES),
                "SMS_MONITORING_DEADLINE_MINUTES": "0.05",
                # Not from the environment, but from Airflow's database: see below.
                "AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY": "",
                # On a machine with much else to do, a slow answer is not to kill a task before we do.
                "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
                "PROBE_DIR": str(folder),
                "PROBE_BODY": BODY,
                "PROBE_PHONE": PHONE,
            },
        )
        stack.wait_for_airflow(PROBE_DAGS)
        running = Field(stack, folder)
        # As `airflow connections add` does: callbacks have no task's way to ask for a connection.
        pagerduty = {"conn_type": "pagerduty_events", "host": stack.receivers.url, "password": ROUTING_KEY}
        running.post("/connections", {"connection_id": "sms_monitoring_pagerduty", **pagerduty})
        yield running
        for file in folder.glob("*.pid"):  # no task outlives its Airflow
            with suppress(psutil.NoSuchProcess):
                psutil.Process(int(file.read_text())).kill()
    for name in (DATABASE, AIRFLOW_DATABASE):
        postgres.drop_database(name)


def test_a_task_killed_with_kill_9_is_told_and_the_next_success_takes_it_back(field: Field) -> None:
    field.start("probe_killed")
    os.kill(field.pid_of("probe_killed"), signal.SIGKILL)
    field.stack.wait_until(lambda: field.incident("probe_killed"), "PagerDuty knows of the killed task", SECONDS)
    field.stack.wait_until(lambda: field.told("slack", "probe_killed"), "Slack knows of the killed task", SECONDS)
    incident = field.incident("probe_killed")
    assert incident is not None
    assert incident["status"] == "triggered"

    def on_record() -> Any:
        with sms_db.connect(field.stack.metrics_uri) as conn:
            query = "SELECT last_run_state, failures_in_a_row FROM sms_dag_status WHERE dag_id = 'probe_killed'"
            return conn.execute(query).fetchone()

    field.stack.wait_until(on_record, "the failure is on record", SECONDS)
    assert on_record() == ("failed", 1)

    field.release("probe_killed")
    field.clear_failed("probe_killed")
    field.stack.wait_until(lambda: field.status_of("probe_killed") == "resolved", "it is resolved", SECONDS)
    field.stack.wait_until(lambda: on_record() == ("success", 0), "the success is on record", SECONDS)


def test_a_run_that_hangs_is_told_while_it_hangs_and_taken_back_when_it_is_done(field: Field) -> None:
    field.start("probe_late")
    field.pid_of("probe_late")
    field.stack.wait_until(lambda: field.incident("probe_late"), "PagerDuty knows of the late run", SECONDS)
    field.stack.wait_until(lambda: field.told("slack", "is late"), "Slack knows of the late run", SECONDS)
    [run] = field.stack.api.runs("probe_late")
    assert run["state"] == "running"

    field.release("probe_late")
    field.stack.wait_until(lambda: field.status_of("probe_late") == "resolved", "it is resolved", SECONDS)


def test_an_error_in_code_reaches_sentry_without_a_word_about_a_person(field: Field) -> None:
    field.start("probe_raises")
    field.stack.wait_until(lambda: field.told("sentry", "probe_raises"), "Sentry knows of the error", SECONDS)
    [envelope] = field.told("sentry", "probe_raises")
    event = envelope["event"]
    assert [each["type"] for each in event["exception"]["values"]] == ["InvalidTextRepresentation", "ValueError"]
    assert event["tags"]["task_id"] == "ask"
    frames = [frame for each in event["exception"]["values"] for frame in each["stacktrace"]["frames"]]
    assert "ask_badly" in {frame["function"] for frame in frames}
    assert not any("vars" in frame for frame in frames)
    for canary in (BODY, "Ann", PHONE, PHONE[1:], "2025550143"):
        assert canary not in json.dumps(event, ensure_ascii=False)


def test_a_dag_that_fails_every_few_seconds_does_not_fill_slack(field: Field) -> None:
    field.start("probe_repeats")
    field.stack.wait_until(
        lambda: len(field.told("pagerduty", "probe_repeats")) >= 3, "PagerDuty knows of three failures", SECONDS
    )
    assert field.status_of("probe_repeats") == "triggered"
    assert 1 <= len(field.told("slack", "probe_repeats")) <= 2, "one for each hour of the clock that it failed in"
