"""Runs an alert type's SELECT: ``include/sql/alerts/<alert_type>.sql``.

The contract: ``SELECT entity, value, sample_size[, details]`` with ``window_start`` and ``window_end``
bound, and ``now``, the moment of the evaluation; no row is no data. ``details`` is a JSON object of label → text,
shown in notifications.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.alerts.model import Observation

if TYPE_CHECKING:
    from datetime import datetime

    from sms_monitoring.db import Connection, Row
    from sms_monitoring.timeframe import Window

COLUMNS = {"entity", "value", "sample_size"}
MAX_ENTITY = 200
MAX_SAMPLE = 2**62


class ObservationError(RuntimeError):
    """An alert type's SELECT answered in another shape than the contract's."""


def observe(conn: Connection, alert_type: str, window: Window, now: datetime | None = None) -> list[Observation]:
    """What the alert type's SELECT says about ``window``, one observation an entity.

    :param now: the moment of the evaluation; default: the window's end.
    :raises FileNotFoundError: when the alert type has no SQL file.
    :raises ObservationError: for missing columns, two rows of one entity, or a value that is no number.
    :raises psycopg.Error: when the statement itself fails.
    """
    name = f"alerts/{alert_type}.sql"
    with conn.transaction():
        conn.execute("SET TRANSACTION READ ONLY")
        params = {"window_start": window.start, "window_end": window.end, "now": now or window.end}
        rows = db.fetch_all(conn, name, params)
    observations = [_observation(name, row) for row in rows]
    counted = Counter(observation.entity for observation in observations)
    if repeated := sorted(entity for entity, rows in counted.items() if rows > 1):
        raise ObservationError(f"{name} answers more than one row for entity {', '.join(repeated)}")
    return observations


def _observation(name: str, row: Row) -> Observation:
    if missing := COLUMNS - row.keys():
        raise ObservationError(f"{name} lacks column {', '.join(sorted(missing))}; it selects {', '.join(row)}")
    entity, details = row["entity"], row.get("details") or {}
    if not isinstance(entity, str) or not 1 <= len(entity) <= MAX_ENTITY:
        raise ObservationError(f"{name}: entity must be a text of 1 to {MAX_ENTITY} characters, not {entity!r:.80}")
    if not isinstance(details, dict):
        raise ObservationError(f"{name}: details must be a JSON object of label to text, not {type(details).__name__}")
    return Observation(
        entity=entity,
        value=_number(name, "value", row["value"]),
        sample_size=int(_number(name, "sample_size", row["sample_size"]) or 0),
        details=details,
    )


def _number(name: str, column: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ObservationError(f"{name}: value and sample_size must be numbers; {column} is {value!r:.80}")
    number = Decimal(str(value))
    if column == "sample_size" and not 0 <= number < MAX_SAMPLE:
        raise ObservationError(f"{name}: sample_size {value} is no count")
    return number
