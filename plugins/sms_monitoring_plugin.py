"""Registers the bundle with Airflow. Imported in every task process, so it imports nothing heavy."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from sms_monitoring.api.lazy import LazyApp


class SmsMonitoringPlugin(AirflowPlugin):
    """SMS monitoring: DAGs, operators and hooks live in the package ``sms_monitoring`` beside this file."""

    name = "sms_monitoring"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "SMS monitoring API",
            "url_prefix": "/api/sms/metrics",
            "app": LazyApp("sms_monitoring.api.app:create_app"),
        },
    ]
