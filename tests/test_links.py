"""Where messages and tasks lead people to."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest

from sms_monitoring.alerts.compose import links_about
from sms_monitoring.incident_link import IncidentLink
from sms_monitoring.notify.message import Link
from sms_monitoring.operators.delivery_rate import DeliveryRateAlertOperator
from sms_monitoring.runs import run_links

INCIDENT = UUID("6f1c1f5e-7d8a-4d5e-9f3b-1b2c3d4e5f60")
OTHER = UUID("00000000-0000-0000-0000-000000000001")
RUN = SimpleNamespace(dag_id="sms_hourly_monitoring", run_id="scheduled__2026-03-10T10:00:00+00:00")


@pytest.fixture
def base_url(monkeypatch):
    def configure(value):
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", value)

    return configure


def link_of(*incidents):
    operator = DeliveryRateAlertOperator()
    operator.open_incidents = [str(each) for each in incidents]
    return IncidentLink().get_link(operator, ti_key=None)


def test_a_message_leads_to_its_incident_and_to_its_run(base_url):
    base_url("https://airflow.example.com/team/")
    dashboard, run = links_about(INCIDENT, run_links({"dag_run": RUN}))
    assert dashboard.url == f"https://airflow.example.com/team/api/sms/metrics/dashboard/?incident={INCIDENT}"
    assert run.url == (
        "https://airflow.example.com/team/dags/sms_hourly_monitoring/runs/scheduled__2026-03-10T10%3A00%3A00%2B00%3A00"
    )


def test_other_links_stay_as_they_are():
    runbook = Link(label="Runbook", url="https://wiki.example.com/api/sms/metrics/dashboard/")
    assert links_about(INCIDENT, (runbook,)) == (runbook,)


def test_without_an_address_of_airflow_a_message_has_no_links(base_url):
    base_url("")
    assert run_links({"dag_run": RUN}) == ()


def test_a_task_leads_to_the_incident_it_found(base_url):
    base_url("https://airflow.example.com")
    assert link_of(INCIDENT) == f"https://airflow.example.com/api/sms/metrics/dashboard/?incident={INCIDENT}"


@pytest.mark.parametrize("incidents", [(), (INCIDENT, OTHER)])
def test_a_task_that_found_none_or_several_leads_to_the_history(base_url, incidents):
    base_url("")  # Airflow's own pages resolve what is relative.
    expected = "api/sms/metrics/dashboard/?view=history&alert_type=delivery_rate_critical"
    assert link_of(*incidents) == expected


def test_every_alert_operator_has_the_link():
    assert [link.name for link in DeliveryRateAlertOperator().operator_extra_links] == ["Incident on the dashboard"]
