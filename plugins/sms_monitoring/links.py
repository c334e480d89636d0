"""Addresses of the dashboard in Airflow's API server. Pure, but for :func:`airflow_url`, and light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from uuid import UUID

API = "api/sms/metrics"
DASHBOARD = f"{API}/dashboard/"
CATALOGUE = f"{API}/catalogue"
RUNBOOKS = f"{API}/runbooks/"
# What the full run of the quality checks found, as Great Expectations lays it out.
DATA_DOCS = f"{API}/quality/docs/"
# Messages about one incident lead to it, not to the dashboard as a whole: see compose.links_about.
DASHBOARD_LABEL = "Dashboard"


def airflow_url() -> str:
    """Where people reach Airflow (``[api] base_url``), ending in "/"; "" where no such address is configured."""
    from airflow.sdk.configuration import conf

    base_url = conf.get("api", "base_url", fallback="").rstrip("/")
    return f"{base_url}/" if base_url.startswith("http") else ""


def to_incident(incident_id: UUID | str) -> str:
    """The dashboard with one incident opened, relative to :func:`airflow_url`."""
    return _with_query(incident=str(incident_id))


def to_history(alert_type: str) -> str:
    """The dashboard's history of one alert type, relative to :func:`airflow_url`."""
    return _with_query(view="history", alert_type=alert_type)


def to_quality() -> str:
    """The dashboard's view of data quality, relative to :func:`airflow_url`."""
    return _with_query(view="quality")


def to_runbook(alert_type: str) -> str:
    """What to do when an alert of this type fires, relative to :func:`airflow_url`."""
    return f"{RUNBOOKS}{quote(alert_type, safe='')}"


def _with_query(**query: str) -> str:
    return f"{DASHBOARD}?{urlencode(query)}"
