"""DAGs that go wrong on purpose, in front of a real scheduler: see test_ended_runs.py.

Each task says in a file of ``PROBE_DIR`` which process it is, and waits for another file.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, task

from sms_monitoring.callbacks import report_success
from sms_monitoring.dag_defaults import dag_args, start_date
from sms_monitoring.deadlines import hourly_deadline

SHARED = {**dag_args(doc=__doc__, timeout=timedelta(minutes=5)), "on_success_callback": report_success}


def wait_to_be_released(name: str) -> None:
    folder = Path(os.environ["PROBE_DIR"])
    beside = folder / f"{name}.pid.new"
    beside.write_text(str(os.getpid()))
    beside.replace(folder / f"{name}.pid")
    while not (folder / f"{name}.released").exists():
        time.sleep(0.1)


def ask_badly(body: str, phone: str) -> None:
    from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

    with SmsMetricsHook().connect() as conn:
        try:
            conn.execute("SELECT %s::integer", (body,))
        except Exception as error:
            raise ValueError(f"cannot send {body} to {phone}") from error


def fail_three_times(name: str) -> None:
    tries = Path(os.environ["PROBE_DIR"]) / f"{name}.tries"
    with tries.open("a") as file:
        file.write(".")
    if tries.stat().st_size <= 3:
        raise TypeError(name)
    wait_to_be_released(name)


def probe(dag_id: str, **more: object) -> DAG:
    return DAG(dag_id, **{"schedule": "@once", "start_date": start_date(), **SHARED, **more})


with probe("probe_killed"):
    task(wait_to_be_released, task_id="wait", retries=0)("probe_killed")

with probe("probe_late", deadline=hourly_deadline()):
    task(wait_to_be_released, task_id="wait", retries=0)("probe_late")

with probe("probe_raises"):
    task(ask_badly, task_id="ask", retries=0)(os.environ["PROBE_BODY"], os.environ["PROBE_PHONE"])

with probe("probe_repeats", schedule="@continuous", max_active_runs=1):
    task(fail_three_times, task_id="fail", retries=0)("probe_repeats")
