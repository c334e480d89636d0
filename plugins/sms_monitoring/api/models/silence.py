"""Silences and mute windows, and what is asked for to make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from sms_monitoring.api.errors import ApiError
from sms_monitoring.api.models.fields import Moment, Name, Pattern, Words

if TYPE_CHECKING:
    from sms_monitoring.db import Row

# What is to be silent for longer is better disabled, or muted at its hours.
LONGEST = timedelta(days=366)
SEVERITIES = ("info", "warning", "critical")


def _matches_a_severity(pattern: str) -> str:
    import re

    wanted = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    if not any(wanted.fullmatch(severity) for severity in SEVERITIES):
        raise PydanticCustomError("no_severity", "must be info, warning, critical, or a pattern of one, such as *")
    return pattern


SeverityPattern = Annotated[str, StringConstraints(max_length=20), AfterValidator(_matches_a_severity)]
WallClock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
WallClockEnd = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]
ANY = "a pattern: `*` stands for any text, all else for itself"


class Silence(BaseModel):
    """A silence (one-off) or a mute window (recurring): what matches is evaluated, and nobody is told."""

    id: int
    kind: Literal["silence", "mute"]
    state: Literal["upcoming", "in_effect", "over"]
    holds_now: bool = Field(description="whether it holds back at this moment; a mute window does at its hours only")
    alert_type: str = Field(description=ANY)
    entity: str = Field(description=ANY)
    severity: str = Field(description=ANY)
    author: str
    reason: str
    created_at: datetime
    starts_at: datetime
    expires_at: datetime | None = Field(description="null: a mute window without an end")
    ended_at: datetime | None = Field(description="when a person ended it early")
    ended_by: str | None
    reviewed_at: datetime | None = Field(description="when a person last found that it is still needed")
    reviewed_by: str | None
    incident_id: UUID | None = Field(description="the incident that it was made for")
    weekdays: list[int] | None = Field(description="of a mute window: 1 Monday to 7 Sunday")
    local_start: str | None
    local_end: str | None = Field(description="at or before the start: on the next day")
    time_zone: str | None


class IncidentSilenceRequest(BaseModel):
    """Tell nobody of what an incident is about; either for so many minutes or until a time."""

    model_config = ConfigDict(extra="forbid")
    reason: Words = Field(description="why, for those who wonder later why nobody was told")
    author: Name | None = Field(None, description="whose decision it is, where that is not who is logged in")
    duration_minutes: int | None = Field(None, strict=True, ge=1, le=int(LONGEST.total_seconds()) // 60)
    expires_at: Moment | None = Field(None, description="at most 366 days from the start; without a zone it is UTC")


class SilenceRequest(IncidentSilenceRequest):
    """Tell nobody of what matches all three patterns; either for so many minutes or until a time."""

    alert_type: Pattern = Field("*", description=ANY)
    entity: Pattern = Field("*", description=ANY)
    severity: SeverityPattern = Field("*", description=ANY)
    starts_at: Moment | None = Field(None, description="null: now")


class MuteRequest(BaseModel):
    """Tell nobody of what matches at these times of these days, as a clock on the wall shows them."""

    model_config = ConfigDict(extra="forbid")
    reason: Words
    author: Name | None = Field(None, description="whose decision it is, where that is not who is logged in")
    local_start: WallClock = Field(description="22:00")
    local_end: WallClockEnd = Field(description="06:00; at or before the start: on the next day")
    time_zone: Name = Field(description="by area and city as the IANA database names it: Europe/Berlin; or UTC")
    weekdays: list[Weekday] = Field([1, 2, 3, 4, 5, 6, 7], min_length=1, max_length=7)
    alert_type: Pattern = Field("*", description=ANY)
    entity: Pattern = Field("*", description=ANY)
    severity: SeverityPattern = Field("*", description=ANY)
    starts_at: Moment | None = Field(None, description="null: now")
    expires_at: Moment | None = Field(None, description="null: no end")


def recorded_author(author: str | None, login: str) -> str:
    """Whom a silence is put down to: nobody acts under another's name unseen."""
    return login if author in (None, login) else f"{author} (logged in as {login})"


def check_silence(wanted: IncidentSilenceRequest, now: datetime) -> None:
    """:raises ApiError: 422 unless it says in one way when a silence ends, soon enough and after its start."""
    if (wanted.duration_minutes is None) == (wanted.expires_at is None):
        raise ApiError(
            422,
            "A silence needs either duration_minutes or expires_at. What has no end is a mute window.",
            parameter="expires_at" if wanted.expires_at else "duration_minutes",
        )
    begins = getattr(wanted, "starts_at", None) or now
    ends = wanted.expires_at or begins + timedelta(minutes=wanted.duration_minutes or 0)
    named = "expires_at" if wanted.expires_at else "duration_minutes"
    _check_end(begins, ends, now, named)
    if ends - begins > LONGEST:
        raise ApiError(422, f"{named}: a silence lasts at most {LONGEST.days} days.", parameter=named)


def check_mute(wanted: MuteRequest, now: datetime) -> None:
    """:raises ApiError: 422 unless a mute window's end comes after its start and after now."""
    if wanted.expires_at:
        _check_end(wanted.starts_at or now, wanted.expires_at, now, "expires_at")


def _check_end(begins: datetime, ends: datetime, now: datetime, named: str) -> None:
    if ends <= max(begins, now):
        when = f"{ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        before = "it begins" if ends <= begins else "it is made"
        raise ApiError(422, f"{named}: it would be over at {when}, before {before}.", parameter=named)


def silence(row: Row) -> Silence:
    """Of a row of ``api/silences/page.sql``."""
    return Silence(**row)
