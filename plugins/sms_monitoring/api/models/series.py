"""Shapes of numbers over time and of charts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

RangeName = Literal["24h", "7d", "30d", "90d"]
StepName = Literal["1h", "6h", "1d"]
Dimension = Literal["all", "carrier", "campaign"]
SeriesName = Literal["volume", "delivery_rate", "latency", "generation_latency", "llm", "cost", "engagement"]
ChartName = Literal[
    "volume",
    "funnel",
    "delivery_rate",
    "latency",
    "generation_latency",
    "llm",
    "cost",
    "engagement",
    "rate_by_carrier",
    "rate_by_campaign",
    "volume_by_carrier",
    "volume_by_campaign",
]


class Point(BaseModel):
    """One step, with the numbers that `fields` of the series names; null: unknown, or a rate of nothing.

    `state` is "missing" where no hour of it was aggregated, "pending" where the newest hour is not yet.
    """

    model_config = ConfigDict(extra="allow")
    at: str
    until: str
    partial: bool
    state: Literal["ok", "missing", "pending"]
    hours_missing: int


class Series(BaseModel):
    """A series of everything, or of one carrier or campaign (`value`)."""

    name: SeriesName
    dimension: Dimension
    value: str | None
    start: str
    end: str
    step: StepName
    fields: list[str]
    points: list[Point]
    updated_at: str | None


class Line(BaseModel):
    """One carrier or campaign; null: all that have no line of their own."""

    name: str | None
    points: list[Point]


class Breakdown(BaseModel):
    """The delivery rate, and what was sent and delivered, of the busiest carriers or campaigns, and of the rest."""

    dimension: Dimension
    start: str
    end: str
    step: StepName
    lines: list[Line]
    others: int
    updated_at: str | None


class Table(BaseModel):
    """The numbers of a chart as text, the newest first."""

    columns: list[str]
    rows: list[list[str]]


class Chart(BaseModel):
    """A chart: a Vega-Lite specification, what it shows in a sentence, and the same numbers as a table."""

    spec: dict[str, Any]
    description: str
    table: Table
    empty: bool
    updated_at: str | None
    start: str
    end: str
    step: StepName


class DimensionValue(BaseModel):
    """A carrier or campaign, and how many messages it sent."""

    value: str
    sent: int


class Dimensions(BaseModel):
    """What charts can be asked for by, the busiest first."""

    carrier: list[DimensionValue]
    campaign: list[DimensionValue]
