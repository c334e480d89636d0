"""An incident as people see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from sms_monitoring.api import alert_types, run_paths
from sms_monitoring.api.models.delivery import Delivery
from sms_monitoring.api.models.fields import Measured, Text, Words

if TYPE_CHECKING:
    from sms_monitoring.db import Row


class Silencer(BaseModel):
    """The silence or mute window that holds back an incident's notifications now."""

    id: int
    kind: Literal["silence", "mute"]
    author: str
    reason: str
    until: datetime | None = Field(description="null: a mute window without an end")


class Incident(BaseModel):
    """A row of `sms_alert_history`, with what it stands in."""

    id: UUID
    alert_type: str
    title: str = Field(description="what is wrong, in a few words")
    entity: str = Field(description="a carrier, a campaign …; `all`: the whole system")
    severity: str
    state: str = Field(description="firing, recovering, no_data, insufficient_data, error; or resolved")
    triggered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    escalated_to: str | None = Field(description="the channel that was told when nobody acknowledged it")
    metric_value: Measured = Field(description="what opened it; null: missing data, or no measurement")
    threshold_value: Measured = Field(description="the threshold that it was past then")
    comparison_operator: str | None = Field(description="of the threshold as it is now")
    unit: str
    sample_size: int | None
    message: str
    window_start: datetime | None
    window_end: datetime | None
    owner: str | None
    runbook_url: str | None = Field(description="its threshold's, else a page of ours relative to Airflow's address")
    silenced: Silencer | None
    suppressed_by: str | None = Field(
        description="what holds back its notifications now, in words: a silence, a mute window, a graver incident"
    )
    dag_run_url: str | None = Field(
        description="the scheduled run that opened it: a path without a slash in front, relative to Airflow's address"
    )
    task_log_url: str | None = Field(description="the task of that run that judged it, in the same form")


class TimelineEntry(BaseModel):
    """Something that happened about an incident."""

    at: datetime
    what: str = Field(
        description="opened, state_changed, decided, told, to_be_told, held_back, could_not_tell, acknowledged,"
        " unacknowledged, escalated, resolved, silenced, silence_ended"
    )
    who: str | None = Field(description="a person, or the channel that was told")
    detail: str | None


class IncidentDetail(Incident):
    """An incident with all that happened about it."""

    timeline: list[TimelineEntry] = Field(description="oldest first")
    timeline_is_whole: bool = Field(description="false: it is long, and its oldest entries are left out")
    deliveries: list[Delivery] = Field(
        description="newest first; where they are many the newest only, and /incidents/{id}/deliveries has all"
    )


class NoteRequest(BaseModel):
    """What to put on record beside an action."""

    model_config = ConfigDict(extra="forbid")
    note: Words | None = None


class EscalateRequest(NoteRequest):
    """Whom else to tell."""

    channel: Text | None = Field(None, description="null: the escalation channel of its threshold")


def incident(row: Row) -> Incident:
    """Of a row of ``api/incidents/page.sql``."""
    return Incident(**_fields(row))


def detail(row: Row, timeline: list[Row], *, is_whole: bool, deliveries: list[Row]) -> IncidentDetail:
    """The same with what happened.

    :param timeline: newest first, as it is read.
    """
    return IncidentDetail(
        **_fields(row),
        timeline=[TimelineEntry(**entry) for entry in reversed(timeline)],
        timeline_is_whole=is_whole,
        deliveries=[Delivery(**each) for each in deliveries],
    )


def _fields(row: Row) -> Row:
    alert_type = row["alert_type"]
    silenced = row["silence_id"] and Silencer(
        id=row["silence_id"],
        kind=row["silence_kind"],
        author=row["silence_author"],
        reason=row["silence_reason"],
        until=row["silence_until"],
    )
    # What no operator evaluates has no task.
    evaluated = alert_type in alert_types.watched() and row["window_end"] is not None
    ran = row["window_end"] + timedelta(hours=row["evaluation_delay_hours"] or 0) if evaluated else None
    return {
        **{name: value for name, value in row.items() if name in Incident.model_fields},
        "title": alert_types.title_of(alert_type),
        "unit": alert_types.unit_of(alert_type),
        "runbook_url": alert_types.runbook_of(alert_type, row["runbook_url"]),
        "silenced": silenced,
        "dag_run_url": ran and run_paths.run_path(ran),
        "task_log_url": ran and run_paths.evaluation_path(ran, alert_type),
    }
