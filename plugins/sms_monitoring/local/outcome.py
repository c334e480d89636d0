"""What came of one run of the whole chain, and whether it is what was to come of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sms_monitoring import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sms_monitoring.db import Connection
    from sms_monitoring.local.airflow_api import Json
    from sms_monitoring.local.receivers import ReceiversClient

CHANNELS = ("slack", "pagerduty", "email", "sms", "webhook")


@dataclass(frozen=True)
class InjectedIncident:
    """One thing that was made to go wrong, and the alert that must say so."""

    name: str
    expected_alert_type: str


@dataclass(frozen=True)
class FiredAlert:
    """One alert that fired, with one of its notifications, if it has any."""

    alert_type: str
    severity: str
    message: str
    channel: str | None
    status: str | None
    note: str | None

    @property
    def title(self) -> str:
        """What is wrong, as every channel words it."""
        return self.message.partition(":")[0]


@dataclass(frozen=True)
class Outcome:
    """What a run of the chain did.

    ``received`` holds, by channel, what the local receivers accepted; ``rejected`` their reasons for what they did
    not accept; ``failures`` what went wrong on the way, as text for people.
    """

    expected_hours: int = 0
    hours_aggregated: int = 0
    replayed_breaches: int = 0
    incidents: tuple[InjectedIncident, ...] = ()
    fired: tuple[FiredAlert, ...] = ()
    received: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    runs: tuple[Json, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def alerts_fired(self) -> dict[str, int]:
        """Number of alerts by type; an alert with two notifications is one."""
        return dict(Counter(alert_type for alert_type, _ in {(a.alert_type, a.message) for a in self.fired}))

    @property
    def runs_by_state(self) -> dict[str, int]:
        """Number of DAG runs by state."""
        return dict(Counter(run["state"] for run in self.runs))

    def as_json(self, seconds: float) -> dict[str, Any]:
        """The summary that ``make smoke`` prints as its last line."""
        return {
            "hours_aggregated": self.hours_aggregated,
            "incidents_injected": len(self.incidents),
            "alerts_fired": dict(sorted(self.alerts_fired.items())),
            "notifications": {channel: len(self.received.get(channel, ())) for channel in CHANNELS},
            "dag_runs": dict(sorted(self.runs_by_state.items())),
            "seconds": round(seconds, 1),
        }


def read_outcome(
    conn: Connection,
    receivers: ReceiversClient,
    *,
    expected_hours: int,
    incidents: Iterable[InjectedIncident],
    runs: Iterable[Json],
    failures: Iterable[str] = (),
) -> Outcome:
    """Ask the database and the receivers what happened."""
    hours = db.fetch_one(conn, "local/hours_aggregated.sql")
    replayed = db.fetch_one(conn, "local/replayed_breaches.sql")
    rejected = [item for channel in CHANNELS for item in receivers.received(channel, accepted=False)]
    return Outcome(
        expected_hours=expected_hours,
        hours_aggregated=hours["hours"] if hours else 0,
        replayed_breaches=replayed["breaches"] if replayed else 0,
        incidents=tuple(incidents),
        fired=tuple(FiredAlert(**row) for row in db.fetch_all(conn, "local/fired_alerts.sql")),
        received={channel: receivers.received(channel, accepted=True) for channel in CHANNELS},
        rejected=tuple(f"{item['channel']} rejected a delivery: {item['reason']}" for item in rejected),
        runs=tuple(runs),
        failures=tuple(failures),
    )


def problems(outcome: Outcome) -> list[str]:
    """Everything that is not as it should be, one sentence each; empty when all is well."""
    found = [*outcome.failures, *_missing_hours(outcome), *_wrong_alerts(outcome)]
    if not outcome.replayed_breaches:
        found.append("the backfill of hours with incidents judged none of them")
    found += [*_undelivered(outcome), *outcome.rejected]
    for run in outcome.runs:
        if run["state"] != "success":
            found.append(f"DAG run {run['dag_id']} {run['dag_run_id']} is {run['state']}")
    return found


def _missing_hours(outcome: Outcome) -> list[str]:
    if outcome.hours_aggregated >= outcome.expected_hours:
        return []
    return [f"only {outcome.hours_aggregated} of {outcome.expected_hours} simulated hours were aggregated"]


def _wrong_alerts(outcome: Outcome) -> list[str]:
    found = []
    expected = {incident.expected_alert_type for incident in outcome.incidents}
    for incident in outcome.incidents:
        if incident.expected_alert_type not in outcome.alerts_fired:
            found.append(f"incident {incident.name} raised no alert {incident.expected_alert_type}")
    for alert_type, count in outcome.alerts_fired.items():
        if alert_type not in expected:
            found.append(f"alert {alert_type} fired though nothing was made to go wrong with it")
        elif count > 1:
            found.append(f"alert {alert_type} fired {count} times, not once")
    return found


def _undelivered(outcome: Outcome) -> list[str]:
    found = []
    for alert in outcome.fired:
        if alert.status is None:
            found.append(f"alert {alert.alert_type} notified nobody")
        elif alert.status != "sent":
            found.append(
                f"alert {alert.alert_type} to {alert.channel} is {alert.status}: {alert.note or 'no reason given'}"
            )
        elif alert.title not in _texts(outcome.received.get(alert.channel or "", ())):
            found.append(f"{alert.channel} did not receive alert {alert.alert_type}")
    return found


def _texts(items: Sequence[Mapping[str, Any]]) -> str:
    """All that arrived in a channel: many alerts may have come as one message."""
    return json.dumps([item["content"] for item in items], ensure_ascii=False, default=str)
