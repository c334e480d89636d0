"""A threshold over the stored history: what is asked for, and the answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from sms_monitoring.api.models.fields import Measured, Moment
from sms_monitoring.api.models.threshold import Changes, KnownChanges
from sms_monitoring.digest.wording import plural
from sms_monitoring.replay import report
from sms_monitoring.replay.record import as_json
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from sms_monitoring.replay.model import ReplayResult

Theme = Literal["light", "dark"]


class ReplayRequest(BaseModel):
    """What to try over which hours."""

    model_config = ConfigDict(extra="forbid")
    changes: KnownChanges = Field(default_factory=Changes, description="of the threshold; {}: as it is")
    start: Moment | None = Field(None, description="null: 30 days before the end, or where history begins")
    end: Moment | None = Field(None, description="null: the newest complete hour")
    theme: Theme = Field("light", description="of the chart")


class Range(BaseModel):
    """The hours that were replayed."""

    start: datetime
    end: datetime
    hours: int


class Totals(BaseModel):
    """What one threshold would have done over the range."""

    condition: str = Field(description="when it is past: `< 90 %`")
    firings: int
    firings_not_told: int = Field(description="the cooldown would have held them back throughout")
    firings_without_known_incident: int
    hours_firing: float
    longest_hours: float
    incidents_caught: int
    incidents_missed: int
    messages: int
    messages_by_channel: dict[str, dict[str, int]] = Field(description="channel → event → how many")
    hours: dict[str, int] = Field(description="verdict → how many hours of the range came to it")


class Firing(BaseModel):
    """An incident that the proposed threshold would have opened."""

    entity: str
    began: datetime
    ended: datetime | None = Field(description="null: still open after the last hour")
    hours: float | None
    worst: Measured = Field(description="the value furthest past the threshold; null: missing data")
    sample_size: int | None
    told: bool
    new: bool = Field(description="no incident is known of it")
    incidents: list[UUID] = Field(description="the known incidents that it is the first to catch")


class KnownIncident(BaseModel):
    """A known incident, and how it would have fared."""

    id: UUID
    entity: str
    severity: str
    triggered_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    acknowledged_by: str | None
    caught: bool
    caught_at: datetime | None
    hours_earlier: float | None = Field(description="than the incident; negative: later")


class Replay(BaseModel):
    """What a proposed threshold would have said over the stored history, beside the one that is set."""

    summary: str = Field(description="the answer in one sentence")
    detail: str = Field(description="a second one: known incidents, messages")
    notes: list[str] = Field(description="what a reader must know about it")
    range: Range
    current: Totals
    proposed: Totals
    firings: list[Firing]
    incidents: list[KnownIncident]
    chart: dict[str, Any] = Field(description="a Vega-Lite specification")


def replay(result: ReplayResult, chart: dict[str, Any]) -> Replay:
    """The result as the API gives it."""
    content, unit = as_json(result), result.alert.unit
    # The first two lines say what was asked, which the caller knows.
    notes = [*report.asked(result)[2:], report.LEFT_OUT]
    return Replay(
        summary=sentence(result),
        detail=report.headline(result),
        notes=notes,
        range=Range(start=result.window.start, end=result.window.end, hours=len(result.window.hours())),
        current=Totals(condition=report.condition(result.current, unit), **content["totals"]["current"]),
        proposed=Totals(condition=report.condition(result.proposed, unit), **content["totals"]["proposed"]),
        firings=[Firing(**each) for each in content["firings"]],
        incidents=[KnownIncident(**each) for each in content["incidents"]],
        chart=chart,
    )


def sentence(result: ReplayResult) -> str:
    """ "This would have fired 4 times in 90 days; the threshold as it is, 2 times." """
    fired, before = len(result.proposed.firings), len(result.current.firings)
    hours = round((result.window.end - result.window.start) / HOUR)
    span = plural(hours // 24, "day") if hours % 24 == 0 else plural(hours, "hour")
    this = f"This would have fired {plural(fired, 'time')}" if fired else "This would not have fired"
    as_it_is = plural(before, "time") if before else "not at all"
    return f"{this} in {span}; the threshold as it is, {as_it_is}."
