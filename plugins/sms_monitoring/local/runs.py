"""Waits for DAG runs of the local Airflow, shows how far they are, and says why one failed."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from sms_monitoring.local.errors import LocalStackError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sms_monitoring.local.airflow_api import AirflowApi, Json
    from sms_monitoring.local.stack import Stack

RUN_SECONDS = 600.0
FINAL = ("success", "failed")
LOG_TAIL_LINES = 30


class RunFailedError(LocalStackError):
    """A DAG run failed; the message holds the end of the log of each failed task."""


def run_dag(stack: Stack, dag_id: str, conf: Mapping[str, Any], title: str) -> None:
    """Trigger a DAG and wait for the end of the run.

    :raises RunFailedError: when it fails.
    """
    with stack.steps.step(title) as tell:
        stack.api.unpause(dag_id)
        _wait_for_end(stack, dag_id, stack.api.trigger(dag_id, conf), tell)


def await_scheduled_runs(stack: Stack, dag_ids: Sequence[str], title: str) -> None:
    """Unpause DAGs and wait for the end of the first run that the scheduler makes of each.

    :raises RunFailedError: when one fails.
    """
    with stack.steps.step(title) as tell:
        for dag_id in dag_ids:
            stack.api.unpause(dag_id)
        tell("waiting for the scheduler to make the run")
        for dag_id in dag_ids:
            stack.wait_until(partial(_first_scheduled, stack, dag_id), f"the scheduler makes a run of {dag_id}")
        for dag_id in dag_ids:
            _wait_for_end(stack, dag_id, _first_scheduled(stack, dag_id), tell)


def run_backfill(stack: Stack, dag_id: str, first: datetime, last: datetime, title: str) -> None:
    """Backfill the runs whose data intervals begin from ``first`` to ``last``, and wait for their end.

    :raises RunFailedError: when one fails.
    """
    with stack.steps.step(title) as tell:
        stack.api.backfill(dag_id, first, last)
        for run in stack.api.runs(dag_id):
            if run["run_type"] == "backfill":
                _wait_for_end(stack, dag_id, run["dag_run_id"], tell)


def await_all_runs(stack: Stack) -> list[Json]:
    """Wait until no DAG run is under way (past a full hour the scheduler makes one more), and return all."""
    runs: list[Json] = []

    def ended() -> bool:
        runs[:] = stack.api.runs()
        return all(run["state"] in FINAL for run in runs)

    with stack.steps.step("Waiting for the last DAG runs"):
        stack.wait_until(ended, "all DAG runs end", RUN_SECONDS)
    return runs


def _wait_for_end(stack: Stack, dag_id: str, run_id: str, tell: Callable[[str], None]) -> None:
    state = ""

    def ended() -> bool:
        nonlocal state
        state = stack.api.run(dag_id, run_id)["state"]
        tell(_how_far(stack.api.task_instances(dag_id, run_id)))
        return state in FINAL

    stack.wait_until(ended, f"the run {run_id} of {dag_id} ends", RUN_SECONDS)
    if state == "failed":
        raise RunFailedError(_why(stack.api, dag_id, run_id))


def _how_far(tasks: list[Json]) -> str:
    """For example ``3 of 14 tasks done, running: evaluate.delivery_rate_critical``."""
    states = Counter(task["state"] for task in tasks)
    text = f"{states['success'] + states['skipped']} of {len(tasks)} tasks done"
    for state, word in {"running": "running", "up_for_retry": "failed, to be tried again", "failed": "failed"}.items():
        if names := [task["task_id"] for task in tasks if task["state"] == state]:
            text += f", {word}: {', '.join(names)}"
    return text


def _why(api: AirflowApi, dag_id: str, run_id: str) -> str:
    text = f"DAG run {dag_id} {run_id} failed"
    for task in api.task_instances(dag_id, run_id):
        if task["state"] == "failed":
            lines = "\n".join(api.log(task)).splitlines()[-LOG_TAIL_LINES:]
            text += f"\n\nThe end of the log of task {task['task_id']}:\n" + "\n".join(f"  {line}" for line in lines)
    return text


def _first_scheduled(stack: Stack, dag_id: str) -> str:
    """The id of the oldest scheduled run of a DAG; empty while there is none."""
    return next((str(run["dag_run_id"]) for run in stack.api.runs(dag_id) if run["run_type"] == "scheduled"), "")
