"""The guide's own commands, as it prints them, against a running Airflow: only the host is another."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from sms_monitoring.local.credentials import ONCALL, VIEWER
from tests.alerts.incidents import incident

GUIDES_HOST = "https://build-os.com"

READING = {
    "daily": r"""
curl "https://build-os.com/api/sms/metrics/daily?start_date=2025-10-01&end_date=2025-10-08" \
  -H "Authorization: Bearer $TOKEN"
""",
    "user": r"""
curl "https://build-os.com/api/sms/metrics/user?days=7" \
  -H "Authorization: Bearer $TOKEN"
""",
    "today": r"""
curl "https://build-os.com/api/sms/metrics/today" \
  -H "Authorization: Bearer $TOKEN"
""",
    "summary": r"""
curl "https://build-os.com/api/sms/metrics/summary" \
  -H "Authorization: Bearer $TOKEN"
""",
    "unresolved alerts": r"""
curl "https://build-os.com/api/sms/metrics/alerts?type=unresolved" \
  -H "Authorization: Bearer $TOKEN"
""",
    "history of alerts": r"""
curl "https://build-os.com/api/sms/metrics/alerts?type=history&start_date=2025-10-01&end_date=2025-10-08" \
  -H "Authorization: Bearer $TOKEN"
""",
}
RESOLVING = r"""
curl -X POST "https://build-os.com/api/sms/metrics/alerts" \
  -H "Authorization: Bearer $TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"alert_id": "alert-uuid"}'
"""
# As the README prints it.
TOKEN = r"""
curl -s -X POST "https://build-os.com/auth/token" \
  -H "Content-Type: application/json" \
  -d "{\"username\": \"$AIRFLOW_USER\", \"password\": \"$AIRFLOW_PASSWORD\"}"
"""
DATA = {
    "daily": list,
    "user": dict,
    "today": dict,
    "summary": dict,
    "unresolved alerts": list,
    "history of alerts": list,
}


@pytest.fixture
def curl(site):
    """Run a command of the guide; returns what it prints, as JSON."""

    def run(command, **variables):
        text = command.strip().replace(GUIDES_HOST, site.url).replace("curl ", "curl --silent --noproxy '*' ", 1)
        own = {**os.environ, **variables}
        done = subprocess.run(["bash", "-c", text], env=own, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    return run


@pytest.fixture
def token(site, curl):
    def of(user):
        return curl(TOKEN, AIRFLOW_USER=user, AIRFLOW_PASSWORD=site.passwords[user])["access_token"]

    return of


@pytest.mark.parametrize("name", READING)
def test_a_command_of_the_guide_works_as_printed(curl, token, name):
    answer = curl(READING[name], TOKEN=token(VIEWER))
    assert answer["success"] is True
    assert isinstance(answer["data"], DATA[name])


@pytest.fixture
def alert(metrics):
    """Id of an open incident, gone at the end."""
    made = incident(metrics, "opt_out_rate_warning", "curl")
    yield made
    metrics.execute("DELETE FROM sms_alert_notifications WHERE incident_id = %s", (made,))
    metrics.execute("DELETE FROM sms_alert_history WHERE id = %s", (made,))


def test_the_guides_command_resolves_an_alert(curl, token, metrics, alert):
    answer = curl(RESOLVING.replace("alert-uuid", str(alert)), TOKEN=token(ONCALL))
    assert answer["success"] is True
    row = metrics.execute("SELECT resolved_by FROM sms_alert_history WHERE id = %s", (alert,)).fetchone()
    assert row == (ONCALL,)


def test_a_viewer_cannot_resolve(curl, token, metrics, alert):
    answer = curl(RESOLVING.replace("alert-uuid", str(alert)), TOKEN=token(VIEWER))
    assert (answer["success"], answer["error"]["code"]) == (False, "not_allowed")
    found = metrics.execute("SELECT resolved_at FROM sms_alert_history WHERE id = %s", (alert,)).fetchone()
    assert found == (None,)


def test_without_a_token_nothing_is_said(curl):
    answer = curl(READING["today"], TOKEN="")
    assert (answer["success"], answer["error"]["code"]) == (False, "not_logged_in")
