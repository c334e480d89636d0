"""Points of series, as the reading side hands them to the charts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sms_monitoring.charts.timeline import Timeline
from tests.digest.rows import utc

HOUR = timedelta(hours=1)
START = utc("2026-03-09 14:00")


def timeline(count: int = 24, *, missing: tuple[int, ...] = (), **changes: Any) -> Timeline:
    """``count`` hours from :data:`START`, with a value in every field; the hours ``missing`` have none."""
    points = [
        {
            "at": START + number * HOUR,
            "until": START + (number + 1) * HOUR,
            "missing": number in missing,
            "partial": number == count - 1,
            "tooltip": {"Time": f"hour {number}", "Sent": "100"},
            **({} if number in missing else _values(number)),
            **(dict.fromkeys(_values(0)) if number in missing else {}),
        }
        for number in range(count)
    ]
    return Timeline(**{"start": START, "end": START + count * HOUR, "points": points, **changes})


def _values(number: int) -> dict[str, Any]:
    return {
        **{"delivered": 90, "failed": 7, "unconfirmed": 3, "sent": 100},
        **{"rate": 97.0 if number % 7 else 85.0, "low": 80.0, "high": 99.0},
        **{"p50": 1500.0, "p95": 9000.0, "sms_cost": 1.5, "llm_cost": 0.2},
        **{"opt_outs": 1, "quiet_hours_skips": 5, "daily_limit_hits": number},
    }


def mark(**changes: Any) -> dict[str, Any]:
    """An incident of two hours."""
    began = START + 3 * HOUR
    return {
        "began": began,
        "ended": began + 2 * HOUR,
        "severity": "critical",
        "title": "SMS delivery rate is low",
        "when": "17:00 to 19:00",
        **changes,
    }
