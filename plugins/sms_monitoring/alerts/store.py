"""The reads and writes of the alert engine; SQL in ``include/sql/lifecycle``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from psycopg.types.json import Json

from sms_monitoring import db
from sms_monitoring.alerts.compose import Incident
from sms_monitoring.alerts.model import Cause, NoDataPolicy, Standing, State, Streak, Threshold
from sms_monitoring.notify.message import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sms_monitoring.alerts.model import Decision, Finding
    from sms_monitoring.db import Connection, Row
    from sms_monitoring.timeframe import Window

# An entity that nothing was seen of for so long is forgotten, unless it has an open incident.
FORGOTTEN_AFTER = timedelta(days=14)


class ThresholdMissingError(LookupError):
    """An alert type has an operator and a SQL file but no row in ``sms_alert_thresholds``."""


class WindowRetiredError(LookupError):
    """A window so old that retention has dropped its evaluations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What holds a notification back now.

    :param reason: silenced, muted or inhibited: a value of :class:`Cause`.
    """

    reason: Cause
    silence_id: int | None = None


def load_threshold(conn: Connection, alert_type: str) -> Threshold:
    """:raises ThresholdMissingError: when the table has no row for ``alert_type``."""
    threshold = find_threshold(conn, alert_type)
    if threshold is None:
        raise ThresholdMissingError(
            f"alert type {alert_type!r} has no row in sms_alert_thresholds; insert one to set its threshold"
        )
    return threshold


def find_threshold(conn: Connection, alert_type: str) -> Threshold | None:
    """The threshold of ``alert_type``, if it has one: an incident may outlive it."""
    row = db.fetch_one(conn, "lifecycle/threshold.sql", {"alert_type": alert_type})
    return None if row is None else threshold_of(row)


def threshold_of(row: Row) -> Threshold:
    """The threshold that a row of ``lifecycle/threshold.sql`` holds."""
    return Threshold(
        **{
            **row,
            "severity": Severity(row["severity"]),
            "no_data_policy": NoDataPolicy(row["no_data_policy"]),
            "additional_channels": tuple(row["additional_channels"]),
        }
    )


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


def load_standings(conn: Connection, alert_type: str, window: Window) -> dict[str, Standing]:
    """Where each entity of the alert type stands, before ``window`` is judged."""
    rows = db.fetch_all(conn, "lifecycle/standings.sql", {"alert_type": alert_type, "window_end": window.end})
    return {row["entity"]: _standing(row) for row in rows}


def families_behind(conn: Connection, families: tuple[str, ...], hour: datetime) -> list[str]:
    """Those of ``families`` that have not aggregated ``hour`` since it was over."""
    rows = db.fetch_all(conn, "lifecycle/families_behind.sql", {"families": list(families), "hour": hour})
    return [row["family"] for row in rows]


def bad_hours(conn: Connection, families: tuple[str, ...], window: Window) -> dict[datetime, list[str]]:
    """Hours of ``window`` whose numbers of one of ``families`` failed critical checks → those checks."""
    params = {"families": list(families), "window_start": window.start, "window_end": window.end}
    return {row["metric_hour"]: row["checks"] for row in db.fetch_all(conn, "lifecycle/bad_hours.sql", params)}


def load_incident(conn: Connection, incident_id: UUID) -> Incident:
    """:raises LookupError: when there is no such incident."""
    row = db.fetch_one(conn, "lifecycle/incident.sql", {"incident_id": incident_id})
    if row is None:
        raise LookupError(f"no incident {incident_id} in sms_alert_history")
    return incident_of(row)


def open_incident(conn: Connection, finding: Finding, threshold: Threshold, message: str, now: datetime) -> Incident:
    """Write the incident that this finding begins."""
    observation = finding.observation
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
            "cause": finding.judgement.reason,
            "message": message,
            "details": Json(observation.details),
            "window_start": finding.window.start,
            "window_end": finding.window.end,
        },
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING
    return incident_of(row)


def resolve_incident(conn: Connection, incident_id: UUID, resolved_by: str, now: datetime) -> None:
    """Close an incident, unless a person has closed it meanwhile."""
    params = {"incident_id": incident_id, "resolved_by": resolved_by, "now": now}
    db.execute(conn, "lifecycle/resolve_incident.sql", params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an evaluation leaves behind for one entity.

    :param decision: None for history, which changes no state.
    :param incident_id: the incident concerned, open or just resolved.
    """

    previous: Standing
    finding: Finding
    decision: Decision | None = None
    incident_id: UUID | None = None
    open_incident_id: UUID | None = None
    announced: bool = False
    clear_since: datetime | None = None


def save_states(
    conn: Connection, alert_type: str, window_end: datetime, written: Iterable[Written], now: datetime
) -> None:
    """Where the entities stand now."""
    db.execute_many(
        conn,
        "lifecycle/save_state.sql",
        [
            {
                "alert_type": alert_type,
                "entity": each.previous.entity,
                "state": each.decision.state,
                "incident_id": each.open_incident_id,
                "window_end": window_end,
                "now": now,
                "announced_at": now if each.announced else None,
                "breaches": each.decision.streak.breaches,
                "healthy": each.decision.streak.healthy,
                "breaches_before": each.previous.streak.breaches,
                "healthy_before": each.previous.streak.healthy,
                "clear_since": each.clear_since,
                "last_seen_at": None if each.finding.observation.sample_size is None else now,
            }
            for each in written
            if each.decision is not None
        ],
    )
    forgotten = {"alert_type": alert_type, "before": now - FORGOTTEN_AFTER}
    db.execute(conn, "lifecycle/forget_entities.sql", forgotten)


def save_evaluations(conn: Connection, threshold: Threshold, window_end: datetime, written: Iterable[Written]) -> None:
    """The observations with their verdicts, as rows for ever."""
    db.execute_many(
        conn,
        "lifecycle/save_evaluation.sql",
        [
            {
                "window_start": each.finding.window.start,
                "window_end": window_end,
                "alert_type": threshold.alert_type,
                "entity": each.previous.entity,
                "value": each.finding.observation.value,
                "sample_size": each.finding.observation.sample_size,
                "judged_value": each.finding.judgement.judged_value,
                "threshold_value": threshold.threshold_value,
                "verdict": each.finding.judgement.verdict,
                "reason": each.finding.judgement.reason,
                "state": each.decision.state if each.decision else None,
                "replayed": each.decision is None,
                "incident_id": each.incident_id,
                "details": Json(each.finding.observation.details),
            }
            for each in written
        ],
    )


def note_transition(
    conn: Connection,
    alert_type: str,
    entity: str,
    reason: Cause,
    now: datetime,
    *,
    from_state: State | None,
    to_state: State | None,
    incident_id: UUID | None = None,
    window_end: datetime | None = None,
) -> None:
    """Put into the log why a state changed, or why something was said or held back."""
    db.execute(
        conn,
        "lifecycle/save_transition.sql",
        {
            "alert_type": alert_type,
            "entity": entity,
            "reason": reason,
            "now": now,
            "from_state": from_state,
            "to_state": to_state,
            "incident_id": incident_id,
            "window_end": window_end,
        },
    )


def find_suppression(conn: Connection, incident_id: UUID, now: datetime) -> Suppression | None:
    """What holds back the incident's notifications now: a silence, a mute window or a graver incident."""
    row = db.fetch_one(conn, "lifecycle/suppression.sql", {"incident_id": incident_id, "now": now})
    return None if row is None else Suppression(reason=Cause(row["reason"]), silence_id=row["silence_id"])


def note_announced(conn: Connection, incident_id: UUID, now: datetime) -> None:
    """People are told of the incident now: what cooldown, repeat interval and escalation count from."""
    db.execute(conn, "lifecycle/note_announced.sql", {"incident_id": incident_id, "now": now})


def announced_channels(conn: Connection, incident_id: UUID) -> list[str]:
    """Channels in which the incident's beginning was or is being told."""
    return [
        row["channel"] for row in db.fetch_all(conn, "lifecycle/announced_channels.sql", {"incident_id": incident_id})
    ]


def _standing(row: Row) -> Standing:
    streak = Streak(breaches=row.pop("breaches"), healthy=row.pop("healthy"))
    return Standing(**{**row, "state": State(row["state"]), "streak": streak})


def incident_of(row: Row) -> Incident:
    """The incident in a row that holds at least its columns."""
    values = {name.name: row[name.name] for name in fields(Incident)}
    return Incident(**{**values, "severity": Severity(row["severity"])})
