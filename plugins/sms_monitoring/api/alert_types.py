"""What alert types are called, and in which unit they measure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sms_monitoring.notify.undelivered import ALERT_TYPE as NOTIFICATION_FAILED
from sms_monitoring.notify.undelivered import TITLE as NOTIFICATION_FAILED_TITLE
from sms_monitoring.operators import alert_operators

if TYPE_CHECKING:
    from sms_monitoring.alerts.model import AlertType


@cache
def watched() -> dict[str, AlertType]:
    """The alert types that an operator evaluates, by name."""
    return {operator.alert.name: operator.alert for operator in alert_operators()}


def title_of(alert_type: str) -> str:
    """In a few words what is wrong when it fires; made of its name where nothing else is known."""
    if alert_type in watched():
        return watched()[alert_type].title
    if alert_type == NOTIFICATION_FAILED:
        return NOTIFICATION_FAILED_TITLE
    words = re.sub(r"_(info|warning|critical)$", "", alert_type).replace("_", " ").strip()
    return words[:1].upper() + words[1:] or alert_type


def unit_of(alert_type: str) -> str:
    """The unit of its values: "%"; empty where it has none, or is not known."""
    return watched()[alert_type].unit if alert_type in watched() else ""
