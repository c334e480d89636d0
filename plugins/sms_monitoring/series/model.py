"""Which series there are, and what a series is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.span import iso

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sms_monitoring.series.span import Span

ALL, CARRIER, CAMPAIGN = "all", "carrier", "campaign"
DIMENSIONS = (ALL, CARRIER, CAMPAIGN)
Point = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of series.

    :param name: what it is asked for by.
    :param metrics: the metric types it is made of → the family that aggregates each, where sources are read.
    :param fields: the numbers of a point.
    :param dimensions: what it can be asked for by.
    :param durations: its numbers are percentiles of a duration, not sums.
    """

    name: str
    metrics: Mapping[str, str]
    fields: tuple[str, ...]
    dimensions: tuple[str, ...] = DIMENSIONS
    durations: bool = False


def _of(family: str, *metrics: str) -> dict[str, str]:
    return dict.fromkeys(metrics, family)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="volume",
            metrics=_of("delivery", "scheduled_count", "sent_count", "delivered_count", "failed_count"),
            fields=("scheduled", "sent", "delivered", "failed", "unconfirmed"),
        ),
        Kind(
            name="delivery_rate",
            metrics=_of("delivery", "sent_count", "delivered_count"),
            fields=("rate", "low", "high", "sent", "delivered"),
        ),
        Kind(
            name="latency",
            metrics=_of("delivery", "avg_delivery_time_ms"),
            fields=("p50", "p95", "sample"),
            durations=True,
        ),
        Kind(
            name="generation_latency",
            metrics=_of("generation", "avg_generation_time_ms"),
            fields=("p50", "p95", "sample"),
            dimensions=(ALL, CAMPAIGN),
            durations=True,
        ),
        Kind(
            name="llm",
            metrics=_of("generation", "llm_success_count", "template_fallback_count"),
            fields=("rate", "low", "high", "llm", "fallback"),
            dimensions=(ALL, CAMPAIGN),
        ),
        Kind(
            name="cost",
            metrics=_of("delivery", "sms_cost_usd") | _of("generation", "llm_cost_usd"),
            fields=("llm_cost", "sms_cost"),
            # Of a carrier only the SMS cost is known: half a sum would be taken for all of it.
            dimensions=(ALL, CAMPAIGN),
        ),
        Kind(
            name="engagement",
            metrics=_of("engagement", "opt_out_count", "quiet_hours_skip_count", "daily_limit_hit_count"),
            fields=("opt_outs", "quiet_hours_skips", "daily_limit_hits"),
            dimensions=(ALL, CAMPAIGN),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points in order of time.

    A point has ``at`` and ``until`` (ISO, UTC, ending in Z; of a last step that is not over, as far as it is),
    ``partial`` (bool: it is such), ``state`` and the numbers of :attr:`Kind.fields`. ``state`` is "ok"; "missing" where
    none of its hours was aggregated; "pending" where only the newest is, and it was over less than an hour ago.
    ``hours_missing`` counts those of its hours that are unknown. A number is None where nothing is known, and where
    there is nothing to divide by; a count of nothing is 0.

    :param dimension: "all", "carrier" or "campaign"; ``value`` is '' for "all".
    :param updated_at: when the newest of these hours was last computed; None: none was.
    """

    kind: Kind
    span: Span
    points: list[Point]
    dimension: str = ALL
    value: str = ""
    updated_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The series as plain JSON."""
        return {
            "name": self.kind.name,
            "dimension": self.dimension,
            "value": self.value or None,
            **span_json(self.span),
            "fields": list(self.kind.fields),
            "points": self.points,
            "updated_at": iso(self.updated_at) if self.updated_at else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The points of one value of a dimension: those of "delivery_rate". ``name`` None: of all that have no line."""

    name: str | None
    points: list[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The busiest values of a dimension, each a line, and the rest as one.

    :param others: how many values the rest are; 0: there is no rest.
    """

    dimension: str
    span: Span
    lines: list[Line] = field(default_factory=list)
    others: int = 0
    updated_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The breakdown as plain JSON."""
        return {
            "dimension": self.dimension,
            **span_json(self.span),
            "lines": [{"name": line.name, "points": line.points} for line in self.lines],
            "others": self.others,
            "updated_at": iso(self.updated_at) if self.updated_at else None,
        }


def span_json(span: Span) -> dict[str, Any]:
    """``start``, ``end`` and ``step`` of a span."""
    return {"start": iso(span.start), "end": iso(span.end), "step": span.step_name}


def kind_of(name: str) -> Kind:
    """The kind of that name.

    :raises SeriesError: when there is none.
    """
    if name not in KINDS:
        raise SeriesError("name", f"there is no series {name!r}; there are: {', '.join(KINDS)}")
    return KINDS[name]


def check_slice(kind: Kind, dimension: str, value: str | None) -> None:
    """See that a series can be asked for by this dimension and value.

    :raises SeriesError: naming ``dimension`` or ``value``.
    """
    if dimension not in DIMENSIONS:
        raise SeriesError("dimension", f"there is no dimension {dimension!r}; there are: {', '.join(DIMENSIONS)}")
    if dimension == ALL and value:
        raise SeriesError("value", "means nothing without a dimension; add dimension=carrier or dimension=campaign")
    if dimension != ALL and not value:
        raise SeriesError("value", f"says which {dimension}; name one, or leave out dimension")
    if value and "\x00" in value:
        raise SeriesError("value", "holds a zero byte, which no name does")
    if dimension not in kind.dimensions:
        raise SeriesError("dimension", f"{kind.name} is not kept by {dimension}; use {' or '.join(kind.dimensions)}")
