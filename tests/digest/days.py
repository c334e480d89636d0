"""Digest data made by hand, for what is decided and said without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sms_monitoring.digest.localday import local_day
from sms_monitoring.digest.model import (
    DELIVERY_ALERT,
    LLM_ALERT,
    DigestData,
    Freshness,
    Hour,
    Incident,
    Period,
    Threshold,
)
from tests.digest.rows import utc

DAY = date(2025, 6, 10)


def period(days: int = 1, user_days: float | None = None, **sums: float) -> Period:
    """``period(sent=100, delivered=95)``; durations as ``p50={…}`` with :func:`dataclasses.replace`."""
    named = {name if name.endswith("_usd") else f"{name}_count": value for name, value in sums.items()}
    return Period(days=days, sums=named, user_days=user_days)


def quiet(**changes: Any) -> DigestData:
    """A healthy day of 100 messages and nothing to compare with, but for ``changes``."""
    day = local_day(DAY, "UTC")
    today = period(scheduled=100, sent=100, delivered=98, failed=2)
    data = DigestData(
        day=day,
        today=today,
        before=Period(),
        week=Period(),
        hours=tuple(Hour(start=start, sent=5, delivered=4, failed=1) for start in day.hours()),
        trend=((DAY, today),),
        carriers=(),
        campaigns=(),
        incidents=(),
        thresholds={
            DELIVERY_ALERT: Threshold(value=90, operator="<", minimum_sample=30),
            LLM_ALERT: Threshold(value=50, operator=">", minimum_sample=30),
        },
        freshness=Freshness(
            read_at=utc("2025-06-11 07:00"),
            newest_hour=utc("2025-06-11 05:00"),
            source_read_through=None,
            hours_waiting=0,
        ),
    )
    return replace(data, **changes)


def burning(severity: str, *, resolved: bool = False, **changes: Any) -> Incident:
    """An incident from 08:00 to 10:30, or still open."""
    return replace(
        Incident(
            alert_type=f"delivery_rate_{severity}",
            entity="all",
            severity=severity,
            triggered_at=utc("2025-06-10 08:00"),
            resolved_at=utc("2025-06-10 10:30") if resolved else None,
            message="SMS delivery rate is low.",
        ),
        **changes,
    )
