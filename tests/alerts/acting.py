"""Calls the SQL functions with which people act on alerts, and reads what is on record then."""

from __future__ import annotations

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.alerts.incidents import CRITICAL


def call(db, function, *args, **named):
    """One row of ``SELECT * FROM function(…)`` as a dict."""
    given = ["%s"] * len(args) + [f"{name} => %({name})s" for name in named]
    text = f"SELECT * FROM {function}({', '.join(given)})"
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text, named or args).fetchone()


def act(db, function, *args):
    return call(db, f"sms_alert_{function}", *args)


def audit(db, *actions):
    """Actor, action and object of the audit's rows, in order; of the named actions only, if any are named."""
    rows = db.execute("SELECT actor, action, object FROM sms_alert_audit ORDER BY id").fetchall()
    return [row for row in rows if not actions or row[1] in actions]


def one(db, query, *args):
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, args).fetchone()


def edit(db, changes, alert_type=CRITICAL, who="ann"):
    return act(db, "edit_threshold", alert_type, who, Jsonb(changes))
