"""Messages and rows for the tests of notifications."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sms_monitoring.notify import outbox
from sms_monitoring.notify.message import Event, Link, Message, Severity

if TYPE_CHECKING:
    from typing import Any

    from sms_monitoring.db import Connection

TRIGGER = Message(
    event=Event.TRIGGER,
    severity=Severity.CRITICAL,
    alert_type="delivery_rate_critical",
    entity="all",
    dedup_key="sms-monitoring/00000000-0000-4000-8000-000000000001",
    title="SMS delivery rate is low",
    summary="SMS delivery rate is low: 62.1 %, below the threshold of 90 % (sample 1240).",
    occurred_at=datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
    facts=(
        ("Value", "62.1 %"),
        ("Threshold", "< 90 %"),
        ("Sample", "1240"),
        ("Window", "2026-11-01 09:00 to 10:00 UTC"),
        ("Worst carrier", "Smith & Sons <wireless>"),
    ),
    links=(
        Link(label="DAG run", url="https://airflow.example.com/dags/sms_hourly_monitoring/runs/scheduled?a=1&b=2"),
        Link(label="Dashboard", url="https://airflow.example.com/sms"),
    ),
)
RESOLVE = replace(
    TRIGGER,
    event=Event.RESOLVE,
    title="Resolved: SMS delivery rate is low",
    summary="SMS delivery rate is low: over after 2 h 00 min, recovered.",
    occurred_at=datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
    facts=(("Value", "97.4 %"), ("Began", "2026-11-01 10:00 UTC"), ("Lasted", "2 h 00 min")),
)
TEST = replace(
    TRIGGER,
    event=Event.TEST,
    severity=Severity.INFO,
    alert_type="test",
    dedup_key="sms-monitoring/test/manual__2026-11-01",
    title="Test alert",
    summary="SMS monitoring reaches this channel. Nothing is wrong.",
    facts=(("Channel", "slack"),),
    links=(),
)
WARNING = replace(
    TRIGGER,
    severity=Severity.WARNING,
    alert_type="opt_out_rate_warning",
    entity="carrier-a",
    title="Opt-outs are many",
    summary="Opt-outs are many at carrier-a: 12.4 %, above the threshold of 10 % (sample 410).",
)
REPEAT = replace(
    TRIGGER,
    event=Event.REPEAT,
    sequence=1,
    summary="SMS delivery rate is low: for 4 h 00 min now. At first: 61 %, below the threshold of 90 % (sample 1240).",
    occurred_at=datetime(2026, 11, 1, 14, 0, tzinfo=UTC),
)
ESCALATE = replace(TRIGGER, event=Event.ESCALATE, occurred_at=datetime(2026, 11, 1, 10, 30, tzinfo=UTC))
ACKNOWLEDGE = replace(
    TRIGGER, event=Event.ACKNOWLEDGE, summary=TRIGGER.summary.replace("low: ", "low: acknowledged by ann. At first: ")
)
NOTICE = replace(
    TEST,
    event=Event.NOTICE,
    alert_type="silence_review",
    dedup_key="sms-monitoring/silence_review/2026-W44",
    title="2 silences outlive their reason",
    summary="2 silences outlive their reason: both are about alerts that are fine.",
)
EVENTS = {message.event: message for message in (TRIGGER, REPEAT, ESCALATE, ACKNOWLEDGE, RESOLVE, TEST, NOTICE)}


def add_incident(conn: Connection, *, severity: Severity = Severity.CRITICAL, entity: str = "") -> UUID:
    """An open incident, by default about an entity of its own, so that there can be many."""
    incident_id = uuid4()
    conn.execute(
        "INSERT INTO sms_alert_history (id, alert_type, entity, severity, triggered_at, metric_value, threshold_value,"
        " sample_size, message, window_start, window_end)"
        " VALUES (%s, 'delivery_rate_critical', %s, %s, now(), 62, 90, 1240, '', now(), now())",
        (incident_id, entity or str(incident_id), severity),
    )
    return incident_id


def end_incident(conn: Connection, incident_id: UUID) -> None:
    """The incident is over."""
    conn.execute(
        "UPDATE sms_alert_history SET resolved_at = now(), resolved_by = 'engine' WHERE id = %s", (incident_id,)
    )


def put(conn: Connection, message: Message, channel: str, incident_id: UUID | None = None) -> int:
    """``message`` in the outbox, about ``incident_id`` (by default one of its own); returns the row's id."""
    incident_id = incident_id or add_incident(conn)
    about = replace(message, dedup_key=f"sms-monitoring/{incident_id}")
    row_id = outbox.enqueue(conn, about, channel=channel, incident_id=incident_id)
    assert row_id is not None
    return row_id


def row(conn: Connection, row_id: int) -> dict[str, Any]:
    """All columns of one outbox row."""
    from psycopg.rows import dict_row

    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute("SELECT * FROM sms_alert_notifications WHERE id = %s", (row_id,)).fetchone()
    assert found is not None
    return found


def statuses(conn: Connection, channel: str | None = None) -> list[str]:
    """Of all rows, or those of one channel, in the order in which they were put."""
    found = conn.execute(
        "SELECT status FROM sms_alert_notifications WHERE channel = coalesce(%s, channel) ORDER BY id", (channel,)
    )
    return [status for (status,) in found]


def time_passes(conn: Connection, interval: str) -> None:
    """As if ``interval`` had gone by for everything in the outbox."""
    conn.execute(
        "UPDATE sms_alert_notifications SET created_at = created_at - %(by)s::interval,"
        " next_attempt_at = next_attempt_at - %(by)s::interval, lease_until = lease_until - %(by)s::interval",
        {"by": interval},
    )
