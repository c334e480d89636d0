"""What ``/health`` and ``/overview`` answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sms_monitoring.overview.model import Status


class _Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Health(BaseModel):
    """For a load balancer or a probe: the API and its database answer."""

    status: Literal["ok", "stale", "no_data"] = Field(
        description="stale: the hourly DAG is behind; no_data: it never ran"
    )
    database: Literal["ok"]
    newest_hour: datetime | None = Field(description="start of the newest complete hour")
    hours_behind: int | None = Field(description="whole hours since that hour was over")
    message: str


class Banner(_Read):
    """How things stand in one sentence, and what is behind it."""

    status: Status
    headline: str
    details: list[str]


class Item(_Read):
    """One number of today. null: not known, or nothing to divide by."""

    key: str
    label: str
    unit: str = Field(description="messages, people, %, ms or USD")
    value: float | None
    last_week: float | None = Field(description="over the same hours a week ago; null where any of them is missing")
    change_percent: float | None = Field(description="from last_week to value, relative to last_week")
    good: Literal["up", "down"] | None = Field(description="which way the number should go")


class Today(_Read):
    """Today so far, in UTC: the hours that are complete."""

    hours: int
    items: list[Item]


class Freshness(BaseModel):
    """How far the numbers reach."""

    newest_hour: datetime | None = Field(description="start of the newest complete hour")
    hours_behind: int | None = Field(description="whole hours since that hour was over")
    view_refreshed_at: datetime | None = Field(description="when sms_metrics_daily was")
    stale: bool
    message: str
    quality: str | None = Field(description="what is wrong with the quality of the data; null: nothing is known to be")
    dag_run_url: str | None = Field(
        description="the run that made the newest hour, else the DAG; relative to Airflow's address, no slash in front"
    )
    paused: bool | None = Field(description="whether the DAG is; null where Airflow does not know it")


class OpenIncidents(BaseModel):
    """How many are open."""

    critical: int = 0
    warning: int = 0
    info: int = 0


class Overview(BaseModel):
    """The top of the dashboard. Where the database is away, the status is unknown and the rest empty."""

    health: Banner
    today: Today
    freshness: Freshness
    open_incidents: OpenIncidents
