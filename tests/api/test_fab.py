"""Permissions under the FAB auth manager: roles of Airflow's own, and one that may edit just the DAG."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import SETTINGS, as_airflow_connection

SCRIPT = Path(__file__).with_name("fab_process.py")
MANAGER = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
# A body without alert_id: who may act is told so, and nothing changes.
MAY_ACT, MAY_NOT = 422, 403


@pytest.fixture(scope="module")
def answers(tmp_path_factory, postgres, template):
    home = tmp_path_factory.mktemp("fab")
    name = f"sms_test_fab_{os.getpid()}"
    postgres.create_database(name, template=template)
    environment = {
        **os.environ,
        **SETTINGS,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__AUTH_MANAGER": MANAGER,
        "AIRFLOW_CONN_SMS_MONITORING_DB": as_airflow_connection(postgres.uri(name)),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=False)
    postgres.drop_database(name)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-5000:]
    document = json.loads(done.stdout.splitlines()[-1])
    assert document["manager"] == "FabAuthManager"
    return document["answers"]


@pytest.mark.parametrize(
    ("user", "read", "act"),
    [
        ("admin", 200, MAY_ACT),
        ("operator", 200, MAY_ACT),
        ("viewer", 200, MAY_NOT),
        ("editor", 200, MAY_ACT),
        ("public", 403, MAY_NOT),
    ],
)
def test_who_may_do_what(answers, user, read, act):
    found = answers[user]
    assert found["me"] == {"name": user, "may_read": read == 200, "may_act": act == MAY_ACT}
    assert (found["read"], found["act"]) == (read, act)
    # Without rights, one's own numbers and nobody else's.
    assert (found["own metrics"], found["metrics of another"]) == (200, read)
