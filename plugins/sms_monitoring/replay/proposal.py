"""The proposed threshold, by the rules of the thresholds table itself: no rule is written twice."""

from __future__ import annotations

import math
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
            raise ReplayError(f"{column} is {value}, not a number that values could be compared with")
    if not changes:
        return store.load_threshold(conn, alert_type)
    try:
        with conn.transaction(force_rollback=True):
            db.execute(conn, "replay/wait_briefly.sql")
            store.load_threshold(conn, alert_type)
            db.fetch_one(conn, "replay/edit_threshold.sql", {"alert_type": alert_type, "changes": Jsonb(dict(changes))})
            return store.load_threshold(conn, alert_type)
    except psycopg.errors.CheckViolation as error:
        raise ReplayError(_refused(conn, changes, error.diag)) from error
    except psycopg.errors.LockNotAvailable as error:
        raise ReplayError(
            f"the threshold of {alert_type} is being changed in another transaction; try again when that is over"
        ) from error
    except psycopg.Error as error:
        state = error.sqlstate or ""
        if state[:2] not in WRONG_INPUT and state != UNDEFINED_COLUMN:
            raise
        parts = (error.diag.message_primary, error.diag.message_detail, error.diag.message_hint)
        raise ReplayError(". ".join(part.rstrip(".") for part in parts if part)) from error


def _refused(conn: Connection, changes: Mapping[str, Any], diag: psycopg.errors.Diagnostic) -> str:
    row = db.fetch_one(conn, "replay/constraint.sql", {"name": diag.constraint_name})
    proposed = ", ".join(f"{column} = {value!r}" for column, value in changes.items())
    demand = row["definition"] if row else diag.constraint_name
    return f"the thresholds table refuses {proposed}: it demands {demand}"
