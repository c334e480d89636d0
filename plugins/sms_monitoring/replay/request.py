"""What a replay is asked for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.replay.model import ReplayError
from sms_monitoring.sqlfiles import read_sql
from sms_monitoring.timeframe import Window, floor_hour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sms_monitoring.alerts.model import AlertType
    from sms_monitoring.db import Connection

DEFAULT_RANGE = timedelta(days=30)
LONGEST_RANGE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class History:
    """From when to when there are hours to replay.

    :param first_hour: the first and the last hour that was aggregated; None where none was.
    :param dropped_before: retention has dropped what is older.
    """

    first_hour: datetime | None
    last_hour: datetime | None
    dropped_before: datetime | None

    @property
    def begins(self) -> datetime | None:
        """Nothing older can be replayed."""
        known = [moment for moment in (self.first_hour, self.dropped_before) if moment is not None]
        return max(known, default=None)


def find_alert(name: str, alerts: Iterable[AlertType]) -> AlertType:
    """:raises ReplayError: when no alert type has this name; names those that exist."""
    by_name = {alert.name: alert for alert in alerts}
    if name not in by_name:
        raise ReplayError(f"no alert type {name!r}; there are: {', '.join(sorted(by_name))}")
    return by_name[name]


def merge_changes(threshold_value: Any, changes: Any) -> dict[str, Any]:
    """The proposed columns: the threshold value, None where it stays, and any others.

    :raises ReplayError: for changes that are no object, or that name the threshold value a second time.
    """
    if changes is None:
        changes = {}
    if not isinstance(changes, Mapping):
        raise ReplayError(
            f'changes is {changes!r:.80}, not an object of columns and values like {{"pending_evaluations": 2}}'
        )
    if threshold_value is None:
        return dict(changes)
    if isinstance(threshold_value, bool) or threshold_value == "":
        raise ReplayError(f"threshold_value is {threshold_value!r}, not a number")
    if "threshold_value" in changes:
        raise ReplayError("threshold_value is given twice: by itself and among the changes")
    return {"threshold_value": threshold_value, **changes}


def read_history(conn: Connection, alert: AlertType) -> History:
    """What there is to replay for an alert type, by the metric families and the tables that it reads."""
    statement = read_sql(f"alerts/{alert.name}.sql")
    families = list(alert.families or FAMILIES)
    row = db.fetch_one(conn, "replay/history.sql", {"families": families, "statement": statement})
    assert row is not None  # noqa: S101 - an aggregate is always a row
    return History(**{name: moment and floor_hour(moment) for name, moment in row.items()})


def choose_range(start: str | None, end: str | None, history: History, now: datetime) -> Window:
    """The whole hours to replay; where an end is not given, the last 30 days of history.

    An end within the running hour means up to that hour: an hour that is not over cannot be judged.

    :param start: an ISO 8601 time; without a zone it is UTC.
    :raises ReplayError: for what is no time, and for a range that is empty, in the future, too long or without history.
    """
    newest = floor_hour(now)
    until = _moment("end", end) if end else newest
    since = _moment("start", start) if start else max(until - DEFAULT_RANGE, history.begins or until - DEFAULT_RANGE)
    if until > newest:
        raise ReplayError(
            f"end {end} lies in the future; the newest complete hour ends at {_text(newest)}", parameter="end"
        )
    if since >= until:
        raise ReplayError(
            f"the range from {_text(since)} to {_text(until)} holds no whole hour; end must be after start",
            parameter="end",
        )
    if until - since > LONGEST_RANGE:
        raise ReplayError(
            f"the range from {_text(since)} to {_text(until)} is {(until - since).days} days long;"
            f" at most {LONGEST_RANGE.days} are replayed at once",
            parameter="start",
        )
    if history.dropped_before is not None and since < history.dropped_before:
        raise ReplayError(
            f"start {_text(since)} is before {_text(history.dropped_before)}: retention has dropped what is older."
            " Begin there or later",
            parameter="start",
        )
    if history.first_hour is None or history.last_hour is None:
        raise ReplayError(
            "there is no history: no hour was aggregated yet. Unpause sms_hourly_monitoring, or run sms_recompute_range"
        )
    if until <= history.first_hour or since > history.last_hour:
        raise ReplayError(
            f"no hour from {_text(since)} to {_text(until)} was aggregated; there is history from"
            f" {_text(history.first_hour)} to {_text(history.last_hour)}. sms_recompute_range makes more",
            parameter="start",
        )
    return Window(since, until)


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return floor_hour(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError) as error:
        raise ReplayError(f"{name} is {text!r}, not a time like 2026-11-01T00:00:00+00:00", parameter=name) from error


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
