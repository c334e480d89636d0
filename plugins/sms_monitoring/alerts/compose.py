"""From an incident to what is said about it: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_monitoring.alerts.model import ALL
from sms_monitoring.notify.message import Event, Link, Message, Severity

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from typing import Any
    from uuid import UUID

    from sms_monitoring.alerts.model import AlertType, Observation, Threshold
    from sms_monitoring.timeframe import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An open or just resolved row of ``sms_alert_history``, as far as messages speak of it."""

    id: UUID
    alert_type: str
    entity: str
    severity: Severity
    triggered_at: datetime
    resolved_by: str | None = None


def dedup_key(incident_id: UUID) -> str:
    """The key that all events of one incident share, in every channel."""
    return f"sms-monitoring/{incident_id}"


def number(value: Decimal | None, unit: str) -> str:
    """A value as people write it: at most two decimals, its unit behind it."""
    if value is None:
        return "unknown"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".rstrip()


def summary(alert: AlertType, observation: Observation, threshold: Threshold) -> str:
    """One sentence with the numbers: what an incident's row keeps and every channel shows."""
    past = "below" if threshold.comparison_operator.startswith("<") else "above"
    where = "" if observation.entity == ALL else f" at {observation.entity}"
    return (
        f"{alert.title}{where}: {number(observation.value, alert.unit)}, {past} the threshold of"
        f" {number(threshold.threshold_value, alert.unit)} (sample {observation.sample_size})."
    )


def triggered(
    incident: Incident,
    alert: AlertType,
    observation: Observation,
    threshold: Threshold,
    window: Window,
    links: tuple[Link, ...] = (),
) -> Message:
    """The message that an incident has begun (or may be spoken of at last, after a cooldown)."""
    return Message(
        event=Event.TRIGGER,
        severity=incident.severity,
        alert_type=incident.alert_type,
        entity=incident.entity,
        dedup_key=dedup_key(incident.id),
        title=alert.title,
        summary=summary(alert, observation, threshold),
        occurred_at=incident.triggered_at,
        facts=(
            ("Value", number(observation.value, alert.unit)),
            ("Threshold", f"{threshold.comparison_operator} {number(threshold.threshold_value, alert.unit)}"),
            ("Sample", str(observation.sample_size)),
            ("Window", str(window)),
            *_details(observation.details),
        ),
        links=links,
    )


def resolved(
    incident: Incident,
    alert: AlertType,
    now: datetime,
    *,
    because: str,
    observation: Observation | None = None,
    links: tuple[Link, ...] = (),
) -> Message:
    """The message that an incident is over; ``because`` says why, in a few words."""
    lasted = now - incident.triggered_at
    hours, minutes = divmod(round(lasted.total_seconds() / 60), 60)
    duration = f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
    value = () if observation is None else (("Value", number(observation.value, alert.unit)),)
    return Message(
        event=Event.RESOLVE,
        severity=incident.severity,
        alert_type=incident.alert_type,
        entity=incident.entity,
        dedup_key=dedup_key(incident.id),
        title=alert.title,
        summary=f"{alert.title}: over after {duration}, {because}.",
        occurred_at=now,
        facts=(*value, ("Began", f"{incident.triggered_at:%Y-%m-%d %H:%M} UTC"), ("Lasted", duration)),
        links=links,
    )


def _details(details: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(label), str(value)) for label, value in details.items())
