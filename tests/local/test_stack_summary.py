"""What a demo prints at the end: where to look, and how to log in."""

from __future__ import annotations

import io
import shutil

import pytest
from rich.console import Console

from sms_monitoring.local.layout import Layout
from sms_monitoring.local.progress import Steps
from sms_monitoring.local.stack import Stack
from sms_monitoring.local.summary import print_addresses


@pytest.fixture
def stack(tmp_path):
    layout = Layout(tmp_path)
    shutil.copy(Layout.of_this_checkout().settings_file, layout.settings_file)
    stack = Stack(layout, Steps(Console(file=io.StringIO())))
    stack.airflow_url = "http://127.0.0.1:18080"
    return stack


def test_it_names_the_dashboard_and_every_login(stack):
    said = io.StringIO()
    print_addresses(stack, Console(file=said, width=140))
    lines = said.getvalue().splitlines()
    assert any(line.startswith("Dashboard") and f"{stack.airflow_url}/plugin/sms-monitoring" in line for line in lines)
    for user, role in {"admin": "admin", "oncall": "user", "viewer": "viewer"}.items():
        assert any(f"log in as {user}" in line and f"{stack.passwords[user]}  ({role})" in line for line in lines)
