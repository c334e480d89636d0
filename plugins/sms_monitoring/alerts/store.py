"""The reads and writes of the alert engine; SQL in ``include/sql/lifecycle``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Json

from sms_monitoring import db
from sms_monitoring.alerts.compose import Incident
from sms_monitoring.alerts.model import Standing, State, Threshold
from sms_monitoring.notify.message import Severity

if TYPE_CHECKING:
    from uuid import UUID

    from sms_monitoring.alerts.model import Judgement, Observation
    from sms_monitoring.db import Connection, Row
    from sms_monitoring.timeframe import Window


class ThresholdMissingError(LookupError):
    """An alert type has an operator and a SQL file but no row in ``sms_alert_thresholds``."""


class WindowRetiredError(LookupError):
    """A window so old that retention has dropped its evaluations."""


def load_threshold(conn: Connection, alert_type: str) -> Threshold:
    """:raises ThresholdMissingError: when the table has no row for ``alert_type``."""
    row = db.fetch_one(conn, "lifecycle/threshold.sql", {"alert_type": alert_type})
    if row is None:
        raise ThresholdMissingError(
            f"alert type {alert_type!r} has no row in sms_alert_thresholds; insert one to set its threshold"
        )
    return Threshold(**{**row, "severity": Severity(row["severity"])})


def make_partition(conn: Connection, window: Window) -> None:
    """See that the evaluations of ``window`` have a partition to go to.

    :raises WindowRetiredError: when retention has dropped it.
    """
    day = (window.end - timedelta(microseconds=1)).date()
    conn.execute("SELECT sms_ensure_partitions('sms_alert_evaluations', %s, %s)", (day, window.end.date()))
    row = db.fetch_one(conn, "lifecycle/evaluations_kept_from.sql")
    if row and row["dropped_before"] and window.end.date() < row["dropped_before"]:
        raise WindowRetiredError(
            f"evaluations before {row['dropped_before']} were dropped by retention; {window} is not evaluated again"
        )


def load_standings(conn: Connection, alert_type: str) -> dict[str, Standing]:
    """Where each entity of the alert type stands."""
    rows = db.fetch_all(conn, "lifecycle/standings.sql", {"alert_type": alert_type})
    return {row["entity"]: Standing(**{**row, "state": State(row["state"])}) for row in rows}


def families_behind(conn: Connection, families: tuple[str, ...], hour: datetime) -> list[str]:
    """Those of ``families`` that have not aggregated ``hour`` since it was over."""
    rows = db.fetch_all(conn, "lifecycle/families_behind.sql", {"families": list(families), "hour": hour})
    return [row["family"] for row in rows]


def load_incident(conn: Connection, incident_id: UUID) -> Incident:
    """:raises LookupError: when there is no such incident."""
    row = db.fetch_one(conn, "lifecycle/incident.sql", {"incident_id": incident_id})
    if row is None:
        raise LookupError(f"no incident {incident_id} in sms_alert_history")
    return _incident(row)


def open_incident(
    conn: Connection, observation: Observation, threshold: Threshold, window: Window, message: str, now: datetime
) -> Incident:
    """Write the incident that this observation begins."""
    row = db.fetch_one(
        conn,
        "lifecycle/open_incident.sql",
        {
            "alert_type": threshold.alert_type,
            "entity": observation.entity,
            "severity": threshold.severity,
            "now": now,
            "value": observation.value,
            "threshold_value": threshold.threshold_value,
            "sample_size": observation.sample_size,
            "message": message,
            "details": Json(observation.details),
            "window_start": window.start,
            "window_end": window.end,
        },
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING
    return _incident(row)


def resolve_incident(conn: Connection, incident_id: UUID, resolved_by: str, now: datetime) -> None:
    """Close an incident, unless a person has closed it meanwhile."""
    params = {"incident_id": incident_id, "resolved_by": resolved_by, "now": now}
    db.execute(conn, "lifecycle/resolve_incident.sql", params)


def save_state(
    conn: Connection,
    alert_type: str,
    entity: str,
    state: State,
    *,
    incident_id: UUID | None,
    window: Window,
    now: datetime,
    announced: bool = False,
) -> None:
    """Where the entity stands now; ``announced`` says that a trigger was put in the outbox just now."""
    db.execute(
        conn,
        "lifecycle/save_state.sql",
        {
            "alert_type": alert_type,
            "entity": entity,
            "state": state,
            "incident_id": incident_id,
            "window_end": window.end,
            "now": now,
            "announced_at": now if announced else None,
        },
    )


def save_evaluation(
    conn: Connection,
    alert_type: str,
    window: Window,
    observation: Observation,
    judgement: Judgement,
    *,
    threshold: Threshold | None,
    replayed: bool,
    incident_id: UUID | None,
) -> None:
    """The observation with its verdict, as a row for ever."""
    params: dict[str, Any] = {
        "window_start": window.start,
        "window_end": window.end,
        "alert_type": alert_type,
        "entity": observation.entity,
        "value": observation.value,
        "sample_size": observation.sample_size,
        "judged_value": judgement.judged_value,
        "threshold_value": threshold.threshold_value if threshold else None,
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "replayed": replayed,
        "incident_id": incident_id,
        "details": Json(observation.details),
    }
    db.execute(conn, "lifecycle/save_evaluation.sql", params)


def note_triggered(conn: Connection, alert_type: str, now: datetime) -> None:
    """Show people in the thresholds table when the alert last spoke."""
    db.execute(conn, "lifecycle/triggered_now.sql", {"alert_type": alert_type, "now": now})


def announced_channels(conn: Connection, incident_id: UUID) -> list[str]:
    """Channels that the incident's trigger went to or is going to."""
    return [
        row["channel"] for row in db.fetch_all(conn, "lifecycle/announced_channels.sql", {"incident_id": incident_id})
    ]


def _incident(row: Row) -> Incident:
    return Incident(**{**row, "severity": Severity(row["severity"])})
