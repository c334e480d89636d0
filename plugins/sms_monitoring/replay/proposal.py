"""The proposed threshold, by the rules of the thresholds table itself: no rule is written twice."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from sms_monitoring import db
from sms_monitoring.alerts import store
from sms_monitoring.replay.model import ReplayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sms_monitoring.alerts.model import Threshold
    from sms_monitoring.db import Connection

# SQLSTATE classes that say that a value, a column or a row is wrong, and not the database.
WRONG_INPUT = ("02", "22", "23")
UNDEFINED_COLUMN = "42703"


def propose(conn: Connection, alert_type: str, changes: Mapping[str, Any]) -> Threshold:
    """The threshold of ``alert_type`` as it would be after ``changes``; the table stays as it is.

    The changes are made by ``sms_alert_edit_threshold`` in a transaction that is rolled back, its audit with it.

    :param conn: an autocommit connection with no transaction open.
    :param changes: columns of ``sms_alert_thresholds`` and their values.
    :raises ReplayError: for a column that does not exist or may not be changed, and for a value that the table
        refuses; names it and says what is demanded.
    :raises ThresholdMissingError: when the alert type has no threshold.
    """
    for column, value in changes.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ReplayError(f"{column} is {value}, not a number that values could be compared with", parameter=column)
    if not changes:
        return store.load_threshold(conn, alert_type)
    try:
        with conn.transaction(force_rollback=True):
            db.execute(conn, "replay/wait_briefly.sql")
            store.load_threshold(conn, alert_type)
            db.fetch_one(conn, "replay/edit_threshold.sql", {"alert_type": alert_type, "changes": Jsonb(dict(changes))})
            return store.load_threshold(conn, alert_type)
    except psycopg.errors.LockNotAvailable as error:
        raise ReplayError(
            f"the threshold of {alert_type} is being changed in another transaction; try again when that is over"
        ) from error
    except psycopg.Error as error:
        refused = explain(conn, changes, error)
        if refused is None:
            raise
        raise refused from error


def explain(conn: Connection, changes: Mapping[str, Any], error: psycopg.Error) -> ReplayError | None:
    """Why the thresholds table does not take ``changes``, in words; None where they are not what was wrong."""
    state, diag = error.sqlstate or "", error.diag
    if state[:2] not in WRONG_INPUT and state != UNDEFINED_COLUMN:
        return None
    if isinstance(error, psycopg.errors.CheckViolation):
        row = db.fetch_one(conn, "replay/constraint.sql", {"name": diag.constraint_name})
        demand = row["definition"] if row else str(diag.constraint_name)
        proposed = ", ".join(f"{column} = {value!r}" for column, value in changes.items())
        message = f"the thresholds table refuses {proposed}: it demands {demand}"
        return ReplayError(message, parameter=_column(changes, demand))
    for column, value in changes.items():
        # Of a foreign key PostgreSQL says what it is called, and not in plain words what is missing.
        if diag.constraint_name == f"sms_alert_thresholds_{column}_fkey":
            return ReplayError(f"{column} names no channel: {value!r}", parameter=column)
    parts = (diag.message_primary, diag.message_detail, diag.message_hint)
    said = ". ".join(part.rstrip(".") for part in parts if part)
    return ReplayError(said, parameter=_column(changes, diag.column_name or f"{diag.message_primary} {said}"))


def _column(changes: Mapping[str, Any], said: str) -> str | None:
    """Which of the changed columns a text of the database speaks of, if it speaks of one."""
    named = [column for column in changes if re.search(rf"\b{re.escape(column)}\b", said)]
    return named[0] if len(named) == 1 else None
