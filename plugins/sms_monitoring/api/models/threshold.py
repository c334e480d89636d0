"""A threshold with where it stands, and what can be changed of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from sms_monitoring.api import alert_types
from sms_monitoring.api.models.fields import LARGEST_INTEGER, Measured, Text, Words

if TYPE_CHECKING:
    from sms_monitoring.db import Row


def _as_written(number: float) -> float:
    """90 stays 90, for the audit and the messages that quote it."""
    return int(number) if number.is_integer() else number


Operator = Literal["<", "<=", ">", ">="]
Severity = Literal["info", "warning", "critical"]
NoDataPolicy = Literal["alert", "keep", "ok"]
# Wider than any the table takes, which itself says what it takes: these are what it could not even read.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e15, le=1e15), AfterValidator(_as_written)]
Whole = Annotated[int, Field(strict=True, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
Flag = Annotated[bool, Field(strict=True)]


class Columns(BaseModel):
    """What people set."""

    threshold_value: Measured
    comparison_operator: Operator = Field(description="fires while the value is so to the threshold")
    severity: Severity
    notification_channel: str
    additional_channels: list[str] = Field(description="told together with notification_channel")
    cooldown_minutes: int
    enabled: bool
    minimum_sample: int = Field(description="less is insufficient_data")
    confidence: Measured = Field(description="with which a rate must clear the threshold; one-sided")
    pending_evaluations: int = Field(description="breaches in a row before it fires")
    recovery_evaluations: int = Field(description="good evaluations in a row before it is over")
    recovery_threshold: Measured = Field(description="while it fires, good only on this side; null: threshold_value")
    widen_to_hours: int = Field(description="too small a sample of a rate is judged over more hours, up to this")
    long_window_hours: int = Field(description="beyond that up to this, long_window_minimum_sample will do")
    long_window_minimum_sample: int
    no_data_policy: NoDataPolicy = Field(description="no data: a breach, nothing, or all is well")
    evaluation_delay_hours: int = Field(description="judge the hour that ended so many hours before the newest")
    repeat_interval_minutes: int | None = Field(description="say it again so often; null: never")
    escalation_channel: str | None = Field(description="told when nobody acknowledges it in escalate_after_minutes")
    escalate_after_minutes: int | None
    owner: str | None
    runbook_url: str | None


class Threshold(Columns):
    """A row of `sms_alert_thresholds`, and where it stands: of several entities the one that is worst off."""

    alert_type: str
    title: str
    unit: str
    last_triggered_at: datetime | None
    created_at: datetime
    watches: Literal["product", "monitoring"] = Field(description="what it is about: your product, or this monitoring")
    replayable: bool = Field(description="whether a change of it can be tried on the stored history")
    runbook: str | None = Field(
        description="what to do when it fires: runbook_url, else the page of this API, relative to Airflow's address"
    )
    version: str = Field(description="changes with every edit; for the header If-Match of PATCH")
    state: str = Field(
        description="ok, pending, firing, recovering, no_data, insufficient_data, error, disabled, never_evaluated"
    )
    entity: str = Field(description="what state, current_value and so on are of")
    current_value: Measured
    sample_size: int | None
    reason: str
    state_since: datetime | None
    window_start: datetime | None
    window_end: datetime | None
    incident_id: UUID | None = Field(description="the open incident")


@with_config(ConfigDict(extra="forbid"))
class Changes(TypedDict, total=False):
    """Columns and their new values; a column that is left out stays as it is."""

    threshold_value: Number
    comparison_operator: Operator
    severity: Severity
    notification_channel: Text
    additional_channels: Annotated[list[Text], Field(max_length=20)]
    cooldown_minutes: Whole
    enabled: Flag
    minimum_sample: Whole
    confidence: Number
    pending_evaluations: Whole
    recovery_evaluations: Whole
    recovery_threshold: Number | None
    widen_to_hours: Whole
    long_window_hours: Whole
    long_window_minimum_sample: Whole
    no_data_policy: NoDataPolicy
    evaluation_delay_hours: Whole
    repeat_interval_minutes: Whole | None
    escalation_channel: Text | None
    escalate_after_minutes: Whole | None
    owner: Text | None
    runbook_url: Annotated[Text, Field(max_length=2000)] | None


def _known_columns(value: Any) -> Any:
    unknown = sorted(value.keys() - Changes.__annotations__.keys()) if isinstance(value, dict) else []
    if unknown:
        named = {"column": ascii(unknown[0])[:100], "columns": ", ".join(Changes.__annotations__)}
        raise PydanticCustomError("unknown_column", "{column} cannot be edited; what can be: {columns}", named)
    return value


KnownChanges = Annotated[Changes, BeforeValidator(_known_columns)]


class EditRequest(BaseModel):
    """What to change of a threshold."""

    model_config = ConfigDict(extra="forbid")
    changes: KnownChanges
    note: Words | None = None


def threshold(row: Row) -> Threshold:
    """Of a row of ``api/thresholds/list.sql``."""
    alert_type = row["alert_type"]
    return Threshold(
        **row,
        title=alert_types.title_of(alert_type),
        unit=alert_types.unit_of(alert_type),
        watches="monitoring" if alert_types.is_of_monitoring(alert_type) else "product",
        replayable=alert_type in alert_types.watched(),
        runbook=alert_types.runbook_of(alert_type, row["runbook_url"]),
    )
