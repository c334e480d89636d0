"""PagerDuty's incident model: events with one dedup_key fold into one open incident."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Incident:
    """One incident. Its words are those of the trigger that opened it, its details those of the latest.

    :param status: triggered, acknowledged or resolved.
    :param trigger_events: how many triggers folded into it; 1 means that nobody was told twice.
    :param timeline: what happened to it: ``at``, ``action``, ``note``; oldest first.
    """

    number: int
    dedup_key: str
    status: str
    severity: str
    summary: str
    source: str
    opened_at: str
    resolved_at: str | None = None
    trigger_events: int = 1
    custom_details: Any = None
    links: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, str]] = field(default_factory=list)


class IncidentBook:
    """All incidents, in the order in which they opened."""

    def __init__(self) -> None:
        self.incidents: list[Incident] = []

    def apply(self, event: dict[str, Any], at: str) -> str | None:
        """Take in one accepted event that came ``at`` (ISO 8601).

        :returns: what PagerDuty would do with it silently and a tester should know; None where nothing is odd.
        """
        incident = self._open(event["dedup_key"])
        action = event["event_action"]
        if action == "trigger":
            if incident is None:
                self._open_new(event, at)
                return None
            incident.trigger_events += 1
            incident.custom_details = event["payload"].get("custom_details")
            note = f"folded into open incident #{incident.number}, trigger {incident.trigger_events}"
            incident.timeline.append({"at": at, "action": action, "note": event["payload"]["summary"]})
            return note
        if incident is None:
            return f"{action} for a dedup_key without an open incident: accepted, no effect"
        if action == "acknowledge":
            incident.status = "acknowledged"
        else:
            incident.status, incident.resolved_at = "resolved", at
        payload = event.get("payload")
        note = str(payload.get("summary", "")) if isinstance(payload, dict) else ""
        incident.timeline.append({"at": at, "action": action, "note": note})
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """The incidents as JSON objects, oldest first."""
        return [asdict(incident) for incident in self.incidents]

    def _open(self, dedup_key: str) -> Incident | None:
        matching = (i for i in reversed(self.incidents) if i.dedup_key == dedup_key and i.status != "resolved")
        return next(matching, None)

    def _open_new(self, event: dict[str, Any], at: str) -> None:
        payload = event["payload"]
        self.incidents.append(
            Incident(
                number=len(self.incidents) + 1,
                dedup_key=event["dedup_key"],
                status="triggered",
                severity=payload["severity"],
                summary=payload["summary"],
                source=payload["source"],
                opened_at=at,
                custom_details=payload.get("custom_details"),
                links=event.get("links") or [],
                timeline=[{"at": at, "action": "trigger", "note": payload["summary"]}],
            )
        )
