"""From an incident to what is said about it: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sms_monitoring import runbooks
from sms_monitoring.alerts.model import ALL, Reason
from sms_monitoring.links import DASHBOARD, DASHBOARD_LABEL, to_incident, to_runbook
from sms_monitoring.notify.message import Event, Link, Message, Severity

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal
    from typing import Any
    from uuid import UUID

    from sms_monitoring.alerts.model import AlertType, Finding, Threshold

# Why there was nothing to judge, for people.
NO_DATA_WORDS = {
    Reason.NO_ROWS: "there was nothing to measure",
    Reason.NO_VALUE: "the measurement has no value",
    Reason.NOT_AGGREGATED: "the hour was not aggregated",
    Reason.BAD_DATA: "its data failed quality checks",
}


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


def links_about(incident_id: UUID, general: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links of every message, that to the dashboard narrowed to one incident."""
    return tuple(
        replace(link, url=link.url.replace(DASHBOARD, to_incident(incident_id)))
        if link.label == DASHBOARD_LABEL
        else link
        for link in general
    )


def number(value: Decimal | None, unit: str) -> str:
    """A value as people write it: at most two decimals, its unit behind it."""
    if value is None:
        return "unknown"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".rstrip()


def duration(length: timedelta) -> str:
    """A length of time as people write it: "2 h 05 min"."""
    # Below zero only where a clock was put back.
    hours, minutes = divmod(max(0, round(length.total_seconds() / 60)), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def title(alert: AlertType, finding: Finding) -> str:
    """What is wrong, in a few words."""
    return f"{alert.title}: no data" if _has_no_data(finding) else alert.title


def summary(alert: AlertType, finding: Finding, threshold: Threshold) -> str:
    """One sentence with the numbers: what an incident's row keeps and every channel shows."""
    observation = finding.observation
    where = _where(observation.entity)
    if _has_no_data(finding):
        words = NO_DATA_WORDS.get(finding.judgement.reason, finding.judgement.reason)
        return f"{title(alert, finding)}{where}: {words} from {finding.window}."
    if alert.names_causes and observation.details:
        return f"{alert.title}{where}: {', '.join(observation.details)}."
    past = "below" if threshold.comparison_operator.startswith("<") else "above"
    return (
        f"{alert.title}{where}: {number(observation.value, alert.unit)}, {past} the threshold of"
        f" {number(threshold.threshold_value, alert.unit)} (sample {observation.sample_size})."
    )


def _runbook(threshold: Threshold, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The threshold's own runbook, else the bundle's page on the alert type, where Airflow's address is known."""
    url = threshold.runbook_url
    dashboard = next((link.url for link in links if link.label == DASHBOARD_LABEL), None)
    if url is None and dashboard is not None and threshold.alert_type in runbooks.names():
        url = dashboard.partition(DASHBOARD)[0] + to_runbook(threshold.alert_type)
    return (Link(label="Runbook", url=url),) if url else ()


def triggered(
    incident: Incident,
    alert: AlertType,
    finding: Finding,
    threshold: Threshold,
    links: tuple[Link, ...] = (),
) -> Message:
    """The message that an incident has begun."""
    observation = finding.observation
    owner = (("Owner", threshold.owner),) if threshold.owner else ()
    return Message(
        event=Event.TRIGGER,
        severity=incident.severity,
        alert_type=incident.alert_type,
        entity=incident.entity,
        dedup_key=dedup_key(incident.id),
        title=title(alert, finding),
        summary=summary(alert, finding, threshold),
        occurred_at=incident.triggered_at,
        facts=(
            ("Value", number(observation.value, alert.unit)),
            ("Threshold", f"{threshold.comparison_operator} {number(threshold.threshold_value, alert.unit)}"),
            ("Sample", "none" if observation.sample_size is None else str(observation.sample_size)),
            ("Window", str(finding.window)),
            *owner,
            *_details(observation.details),
        ),
        links=(*_runbook(threshold, links), *links),
    )


def resolved(
    incident: Incident,
    title: str,
    now: datetime,
    *,
    because: str,
    value: str | None = None,
    links: tuple[Link, ...] = (),
) -> Message:
    """The message that an incident is over; ``because`` says why, in a few words."""
    lasted = duration(now - incident.triggered_at)
    return Message(
        event=Event.RESOLVE,
        severity=incident.severity,
        alert_type=incident.alert_type,
        entity=incident.entity,
        dedup_key=dedup_key(incident.id),
        title=title,
        summary=f"{title}: over after {lasted}, {because}.",
        occurred_at=now,
        facts=(
            *((("Value", value),) if value else ()),
            ("Began", f"{incident.triggered_at:%Y-%m-%d %H:%M} UTC"),
            ("Lasted", lasted),
        ),
        links=links,
    )


def again(
    first: Message,
    event: Event,
    now: datetime,
    *,
    says: str,
    facts: tuple[tuple[str, str], ...] = (),
    links: tuple[Link, ...] = (),
    sequence: int = 0,
) -> Message:
    """A later message about the incident of ``first``; ``says`` comes before the numbers that one gave."""
    subject = f"{first.title}{_where(first.entity)}"
    told = first.summary.removeprefix(f"{subject}: ")
    words = f"{says} At first: {told}" if says else told
    return replace(
        first,
        event=event,
        summary=f"{subject}: {words}",
        occurred_at=now,
        facts=(*facts, *first.facts),
        # The runbook stays, the run that found it does not.
        links=(*(link for link in first.links if link.label == "Runbook"), *links),
        sequence=sequence,
    )


def _where(entity: str) -> str:
    return "" if entity == ALL else f" at {entity}"


def _has_no_data(finding: Finding) -> bool:
    return finding.judgement.reason in NO_DATA_WORDS


def _details(details: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(label), str(value)) for label, value in details.items())
