"""The result of a replay as JSON, and as a row of ``sms_threshold_replays``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from sms_monitoring import db
from sms_monitoring.alerts.model import Verdict
from sms_monitoring.charts.replay import replay_chart
from sms_monitoring.replay.report import headline
from sms_monitoring.timeframe import HOUR

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sms_monitoring.alerts.model import Threshold
    from sms_monitoring.charts.specs import Spec
    from sms_monitoring.db import Connection
    from sms_monitoring.replay.model import Firing, Match, Outcome, ReplayResult


def save(conn: Connection, result: ReplayResult, *, requested_by: str, run_id: str | None = None) -> int:
    """Keep the result; returns its id. A ``run_id`` that has a row already replaces what that holds."""
    content = as_json(result)
    row = db.fetch_one(
        conn,
        "replay/save.sql",
        {
            "requested_by": requested_by,
            "run_id": run_id,
            "alert_type": result.alert.name,
            "range_start": result.window.start,
            "range_end": result.window.end,
            **{name: Jsonb(content[name]) for name in ("changes", "threshold", "totals", "firings", "incidents")},
            "chart": Jsonb(chart(result)),
        },
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING
    return int(row["id"])


def as_json(result: ReplayResult) -> dict[str, Any]:
    """All of the result but its chart; times in ISO 8601, lengths of time in hours."""
    return {
        "alert_type": result.alert.name,
        "start": result.window.start.isoformat(),
        "end": result.window.end.isoformat(),
        "changes": {column: _plain(value) for column, value in result.changes.items()},
        "threshold": _threshold(result.current.threshold),
        "totals": totals(result),
        "firings": _firings(result.proposed),
        "incidents": [_match(match) for match in result.proposed.comparison.matches],
    }


def summary(result: ReplayResult) -> dict[str, Any]:
    """The answer in few words and numbers."""
    content = as_json(result)
    return {
        "headline": headline(result),
        **{name: content[name] for name in ("alert_type", "start", "end", "changes", "totals")},
    }


def totals(result: ReplayResult) -> dict[str, Any]:
    """The figures of both thresholds."""
    return {"current": _totals(result.current), "proposed": _totals(result.proposed)}


def chart(result: ReplayResult, **look: Any) -> Spec:
    """The result as a Vega-Lite specification.

    :param look: ``width`` and ``colours`` of :func:`sms_monitoring.charts.replay.replay_chart`.
    """
    unit, proposed, current = result.alert.unit, result.proposed, result.current

    def span(began: datetime, ended: datetime | None) -> dict[str, Any]:
        start, end = max(began, result.window.start), min(ended or result.window.end, result.window.end)
        return {"start": start.isoformat(), "end": end.isoformat()}

    return replay_chart(
        [
            {
                "at": point.at.isoformat(),
                "value": None if point.value is None else round(float(point.value), 4),
                "sample": point.sample_size,
            }
            for point in result.points
        ],
        start=result.window.start.isoformat(),
        end=result.window.end.isoformat(),
        unit=unit,
        operator=proposed.threshold.comparison_operator,
        current=float(current.threshold.threshold_value),
        proposed=float(proposed.threshold.threshold_value),
        firings=[
            {**span(firing.began, firing.ended), "new": firing in proposed.comparison.new}
            for firing in proposed.firings
        ],
        firings_now=[span(firing.began, firing.ended) for firing in current.firings],
        incidents=[
            {**span(match.incident.triggered_at, match.incident.resolved_at), "caught": match.firing is not None}
            for match in proposed.comparison.matches
        ],
        **look,
    )


def _totals(outcome: Outcome) -> dict[str, Any]:
    messages: dict[str, dict[str, int]] = {}
    for (channel, event), count in sorted(outcome.messages.items()):
        messages.setdefault(channel, {})[str(event)] = count
    return {
        "firings": len(outcome.firings),
        "firings_not_told": outcome.untold,
        "firings_without_known_incident": len(outcome.comparison.new),
        "hours_firing": _hours(outcome.firing_time),
        "longest_hours": _hours(outcome.longest),
        "incidents_caught": len(outcome.comparison.caught),
        "incidents_missed": len(outcome.comparison.missed),
        "messages": outcome.message_count,
        "messages_by_channel": messages,
        "hours": {str(verdict): outcome.hours[verdict] for verdict in Verdict},
    }


def _firings(outcome: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for firing in outcome.firings:
        matches = [match for match in outcome.comparison.caught if match.firing == firing]
        found.append(
            {
                **{name: _plain(value) for name, value in asdict(firing).items()},
                "hours": None if firing.ended is None else _hours(firing.ended - firing.began),
                "new": firing in outcome.comparison.new,
                "incidents": [str(match.incident.id) for match in matches],
            }
        )
    return found


def _match(match: Match) -> dict[str, Any]:
    firing: Firing | None = match.firing
    return {
        **{name: _plain(value) for name, value in asdict(match.incident).items()},
        "caught": firing is not None,
        "caught_at": firing and firing.began.isoformat(),
        "hours_earlier": None if match.lead is None else _hours(match.lead),
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(threshold).items()}


def _plain(value: Any) -> Any:
    """As JSON writes it: numbers stay numbers, lengths of time and all else are text."""
    if value is None or isinstance(value, (bool, int, float, list, dict)):
        return value
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if hasattr(value, "as_integer_ratio") else str(value)


def _hours(length: timedelta) -> float:
    return round(length / HOUR, 2)
