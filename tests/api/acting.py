"""What the tests of actions share: what is on record, whether anything changed, and input that nobody means well."""

from __future__ import annotations

import json
from typing import Any

from tests.alerts.acting import audit

__all__ = ["HOSTILE_NUMBERS", "HOSTILE_TEXTS", "HOSTILE_TIMES", "audit", "post_raw", "refusal", "tables"]

HOSTILE_TEXTS = [
    "'; DROP TABLE sms_alert_history; --",
    "' OR '1'='1",
    "1); DELETE FROM sms_alert_silences; --",
    "%s %(who)s %",
    "\\",
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 5000,
    "",
    " ",
]
# As they stand in JSON.
HOSTILE_NUMBERS = [
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    str(10**400),
    str(2**63),
    str(2**31),
    "-1",
    "0.5",
    "true",
    '"1"',
]
HOSTILE_TIMES = [
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "infinity",
    "-infinity",
    "now",
    "1e400",
    "99999999999999999999",
    "2026-02-30T00:00:00Z",
    "'; SELECT pg_sleep(9); --",
    "\x00",
]


def tables(conn) -> dict[str, Any]:
    """A fingerprint of every table but the metrics': what is live."""
    names = conn.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        " AND table_type = 'BASE TABLE' AND table_name ~ '^sms_(alert|notification|threshold)'"
    ).fetchall()
    assert len(names) > 8
    return {
        name: conn.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t").fetchone()
        for (name,) in names
    }


def refusal(answer) -> tuple[int, str | None]:
    """Status and parameter of an answer in the one shape of errors."""
    body = answer.json()
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message", "parameter", "problems"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["parameter"]


def post_raw(client, method: str, path: str, body: Any, number: tuple[str, str] | None = None):
    """Send JSON as it is written, with what no JSON library would write: ``number`` is (placeholder, text)."""
    text = json.dumps(body)
    if number:
        text = text.replace(json.dumps(number[0]), number[1])
    return client.request(method, path, content=text, headers={"content-type": "application/json"})
