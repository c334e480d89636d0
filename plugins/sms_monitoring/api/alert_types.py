"""What alert types are called, and in which unit they measure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sms_monitoring import runbooks
from sms_monitoring.links import to_runbook
from sms_monitoring.notify.undelivered import ALERT_TYPE as NOTIFICATION_FAILED
from sms_monitoring.notify.undelivered import TITLE as NOTIFICATION_FAILED_TITLE
from sms_monitoring.operators import alert_operators, alert_types

if TYPE_CHECKING:
    from sms_monitoring.alerts.model import AlertType

DATA_QUALITY = "data_quality_critical"


@cache
def watched() -> dict[str, AlertType]:
    """The alert types that an operator of the hourly DAG evaluates, by name."""
    return {operator.alert.name: operator.alert for operator in alert_operators()}


@cache
def known() -> dict[str, AlertType]:
    """All alert types, the watchdog's too, by name."""
    return {alert.name: alert for alert in alert_types()}


def title_of(alert_type: str) -> str:
    """In a few words what is wrong when it fires; made of its name where nothing else is known."""
    if alert_type in known():
        return known()[alert_type].title
    if alert_type == NOTIFICATION_FAILED:
        return NOTIFICATION_FAILED_TITLE
    words = re.sub(r"_(info|warning|critical)$", "", alert_type).replace("_", " ").strip()
    return words[:1].upper() + words[1:] or alert_type


def is_of_monitoring(alert_type: str) -> bool:
    """Whether it is about the monitoring itself and its data, not about what the product does."""
    return alert_type in (DATA_QUALITY, NOTIFICATION_FAILED) or (alert_type in known() and alert_type not in watched())


def runbook_of(alert_type: str, own: str | None) -> str | None:
    """Where it says what to do: ``own``, the address that people gave it, else the page of ours; None: nowhere."""
    return own or (to_runbook(alert_type) if alert_type in runbooks.names() else None)


def unit_of(alert_type: str) -> str:
    """The unit of its values: "%"; empty where it has none, or is not known."""
    return known()[alert_type].unit if alert_type in known() else ""
