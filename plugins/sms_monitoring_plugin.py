"""Registers the bundle with Airflow. Imported in every task process, so it imports nothing heavy."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from sms_monitoring.api.lazy import LazyApp
from sms_monitoring.links import API, DASHBOARD
from sms_monitoring.sentry import install as install_scrubber

# Here, because every process of Airflow that may send errors to Sentry loads this file.
install_scrubber()


class SmsMonitoringPlugin(AirflowPlugin):
    """SMS monitoring: DAGs, operators and hooks live in the package ``sms_monitoring`` beside this file."""

    name = "sms_monitoring"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "SMS monitoring API",
            "url_prefix": f"/{API}",
            "app": LazyApp("sms_monitoring.api.app:create_app"),
        },
        {
            "name": "SMS monitoring webhooks",
            "url_prefix": "/webhooks/twilio",
            "app": LazyApp("sms_monitoring.webhooks.app:create_app"),
        },
    ]
    # Relative: Airflow's pages know their own base path.
    external_views: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "SMS Monitoring",
            "href": DASHBOARD,
            "destination": "nav",
            "url_route": "sms-monitoring",
            "nav_top_level": True,
            "icon": f"{DASHBOARD}static/icon.svg",
        },
    ]
