"""Runs an alert type's SELECT: ``include/sql/alerts/<alert_type>.sql``.

The contract: ``SELECT entity, value, sample_size[, details]`` with ``window_start`` and ``window_end``
bound; no row is no data. ``details`` is a JSON object of label → text, shown in notifications.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sms_monitoring import db
from sms_monitoring.alerts.model import Observation

if TYPE_CHECKING:
    from sms_monitoring.db import Connection, Row
    from sms_monitoring.timeframe import Window

COLUMNS = {"entity", "value", "sample_size"}


class ObservationError(RuntimeError):
    """An alert type's SELECT answered in another shape than the contract's."""


def observe(conn: Connection, alert_type: str, window: Window) -> list[Observation]:
    """What the alert type's SELECT says about ``window``, one observation an entity.

    :raises FileNotFoundError: when the alert type has no SQL file.
    :raises ObservationError: for missing columns, two rows of one entity, or a value that is no number.
    :raises psycopg.Error: when the statement itself fails.
    """
    name = f"alerts/{alert_type}.sql"
    with conn.transaction():
        conn.execute("SET TRANSACTION READ ONLY")
        rows = db.fetch_all(conn, name, {"window_start": window.start, "window_end": window.end})
    observations = [_observation(name, row) for row in rows]
    entities = [observation.entity for observation in observations]
    if repeated := {entity for entity in entities if entities.count(entity) > 1}:
        raise ObservationError(f"{name} answers more than one row for entity {', '.join(sorted(repeated))}")
    return observations


def _observation(name: str, row: Row) -> Observation:
    if missing := COLUMNS - row.keys():
        raise ObservationError(f"{name} lacks column {', '.join(sorted(missing))}; it selects {', '.join(row)}")
    try:
        value = None if row["value"] is None else Decimal(str(row["value"]))
        sample_size = int(row["sample_size"] or 0)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise ObservationError(f"{name}: value and sample_size must be numbers: {error!r}") from error
    details: dict[str, Any] = row.get("details") or {}
    return Observation(entity=str(row["entity"]), value=value, sample_size=sample_size, details=details)
