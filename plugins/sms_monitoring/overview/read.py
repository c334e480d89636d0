"""Reads the overview from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.digest.data import read_thresholds
from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT, Threshold
from sms_monitoring.overview import rates
from sms_monitoring.overview import today as todays
from sms_monitoring.overview.model import FamilyHour, Freshness, OpenIncident, Situation, Slice
from sms_monitoring.overview.quality import read_quality, trouble
from sms_monitoring.sources import DERIVED_METRICS
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from sms_monitoring.db import Connection, Row

# Alert type → two metrics, and how many messages they make in all and how many bad ones.
SHARES: Mapping[str, tuple[str, str, Callable[[int, int], tuple[int, int]]]] = {
    DELIVERY_ALERT: ("sent_count", "delivered_count", lambda sent, delivered: (sent, sent - delivered)),
    LLM_ALERT: ("llm_success_count", "template_fallback_count", lambda llm, fallback: (llm + fallback, fallback)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the top of the dashboard shows."""

    situation: Situation
    today: todays.Today


def read_freshness(conn: Connection, now: datetime, *, paused: bool | None = None) -> Freshness:
    """How far the numbers reach.

    :param paused: whether the hourly DAG is, as Airflow says.
    """
    rows = db.fetch_all(conn, "api/overview/families.sql", {"families": list(FAMILIES)})
    refreshed = db.fetch_one(conn, "api/overview/view_refreshed.sql")
    return Freshness(
        now=now,
        families=tuple(FamilyHour(**row) for row in rows),
        view_refreshed_at=refreshed["last_refreshed"] if refreshed else None,
        paused=paused,
    )


def read_overview(conn: Connection, now: datetime, *, paused: bool | None = None) -> Overview:
    """The overview as of ``now``, UTC."""
    freshness = read_freshness(conn, now, paused=paused)
    thresholds = read_thresholds(conn)
    known = _read_known(conn, now)
    sums = _read_sums(conn, now)
    hours = known.hours(todays.SENT, todays.DELIVERED)
    said, is_critical = trouble(read_quality(conn, freshness.newest_hour)) or (None, False)
    sent, delivered = (sum(sums.get((hour, name), 0.0) for hour in hours) for name in (todays.SENT, todays.DELIVERED))
    return Overview(
        situation=Situation(
            freshness=freshness,
            incidents=_read_incidents(conn, now, thresholds),
            trouble=said,
            trouble_is_critical=is_critical,
            sent=int(sent),
            delivered=int(delivered),
            rate_is_bad=rates.is_past(thresholds.get(DELIVERY_ALERT), delivered, sent),
        ),
        today=todays.describe(known, sums, _read_p95(conn, known.hours(todays.DURATION))),
    )


def _days(now: datetime) -> dict[str, datetime]:
    start = datetime.combine(now.date(), datetime.min.time(), UTC)
    return {
        "today": start,
        "now": now,
        "last_week": start - todays.WEEK,
        "last_week_until": start - todays.WEEK + timedelta(days=1),
    }


def _read_known(conn: Connection, now: datetime) -> todays.Known:
    """Which hours each metric type's family has aggregated since they were over."""
    families = {
        metric: family.name
        for family in FAMILIES.values()
        if family.source_view
        for metric in DERIVED_METRICS[family.source_view]
    }
    origins = db.fetch_all(conn, "api/overview/metric_types.sql", {"metrics": todays.METRICS})
    recorded = {row["metric_type"] for row in origins if row["origin"] == "recorded"}
    hours: defaultdict[str, set[datetime]] = defaultdict(set)
    for row in db.fetch_all(conn, "api/overview/known_hours.sql", _days(now)):
        hours[row["family"]].add(row["metric_hour"].astimezone(UTC))

    def of(metric: str) -> set[datetime]:
        return hours["recorded" if metric in recorded else families[metric]]

    today = _days(now)["today"]
    return todays.Known(
        today={metric: {hour for hour in of(metric) if hour >= today} for metric in todays.METRICS},
        last_week={metric: {hour for hour in of(metric) if hour < today} for metric in todays.METRICS},
    )


def _read_sums(conn: Connection, now: datetime) -> dict[tuple[datetime, str], float]:
    rows = db.fetch_all(conn, "api/overview/sums.sql", {**_days(now), "metrics": todays.METRICS})
    return {(row["metric_hour"].astimezone(UTC), row["metric_type"]): float(row["value_sum"]) for row in rows}


def _read_p95(conn: Connection, hours: list[datetime]) -> tuple[float | None, float | None]:
    if not hours:
        return None, None
    spans = {"hours": hours, "last_week_hours": [hour - todays.WEEK for hour in hours], "metric": todays.DURATION}
    row = db.fetch_one(conn, "api/overview/p95.sql", spans)
    assert row is not None  # noqa: S101 - one row of two columns, whatever there is
    return tuple(None if row[name] is None else float(row[name]) for name in ("today", "last_week"))  # type: ignore[return-value]


def _read_incidents(conn: Connection, now: datetime, thresholds: Mapping[str, Threshold]) -> tuple[OpenIncident, ...]:
    from sms_monitoring.api.alert_types import title_of

    found = []
    for row in db.fetch_all(conn, "api/overview/open_incidents.sql"):
        since = _since(row)
        found.append(
            OpenIncident(
                alert_type=row["alert_type"],
                title=title_of(row["alert_type"]),
                entity=row["entity"],
                severity=row["severity"],
                since=since,
                message=row["message"],
                acknowledged_by=row["acknowledged_by"],
                no_data=row["cause"] != "past_threshold",
                slices=_read_slices(conn, row["alert_type"], since, now) if row["entity"] == "all" else (),
                limit=_tolerated(row["alert_type"], row["threshold_value"], thresholds),
            )
        )
    return tuple(found)


def _since(row: Row) -> datetime:
    """The newest hour of the window that was judged: a wide window began long before anything was wrong."""
    triggered: datetime = row["triggered_at"]
    ended: datetime | None = row["window_end"]
    return (ended - HOUR if ended else triggered).astimezone(UTC)


def _read_slices(conn: Connection, alert_type: str, since: datetime, now: datetime) -> tuple[Slice, ...]:
    if alert_type not in SHARES:
        return ()
    first, second, share = SHARES[alert_type]
    rows = db.fetch_all(conn, "api/overview/slices.sql", {"since": since, "now": now, "first": first, "second": second})
    slices = []
    for row in rows:
        total, bad = share(int(row["first"]), int(row["second"]))
        slices.append(Slice(dimension=row["dimension"], name=row["dimension_value"], total=total, bad=bad))
    return tuple(slices)


def _tolerated(alert_type: str, value: object, thresholds: Mapping[str, Threshold]) -> float | None:
    """The share of bad messages that is not yet an alert, 0 to 1: by the incident's own threshold, else today's."""
    if alert_type not in SHARES:
        return None
    if value is None:
        if alert_type not in thresholds:
            return None
        value = thresholds[alert_type].value
    share = float(str(value)) / 100
    return 1 - share if alert_type == DELIVERY_ALERT else share
