"""Registers the bundle with Airflow. Imported in every task process, so it imports nothing heavy."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class SmsMonitoringPlugin(AirflowPlugin):
    """SMS monitoring: DAGs, operators and hooks live in the package ``sms_monitoring`` beside this file."""

    name = "sms_monitoring"
