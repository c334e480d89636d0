"""The whole alert engine on a real database, driven by the notation of rule tests (``series.py``)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from sms_monitoring.alerts.evaluate import Evaluator, Outcome
from sms_monitoring.alerts.followup import FollowUp
from sms_monitoring.alerts.model import ALL
from sms_monitoring.db import Connection
from sms_monitoring.operators.delivery_rate import DeliveryRateAlertOperator
from sms_monitoring.sqlfiles import read_sql, sql_root
from sms_monitoring.timeframe import HOUR, Window
from tests.alerts.rulefile import show_span
from tests.alerts.series import Measured, Slot, parse_series
from tests.product import at

START = at("08:00")
ALERT = DeliveryRateAlertOperator.alert
# The delivery rate of each carrier by itself.
BY_CARRIER = """
SELECT
    dimension_value AS entity,
    100 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0)
    / sum(value_sum) FILTER (WHERE metric_type = 'sent_count') AS value,
    sum(value_sum) FILTER (WHERE metric_type = 'sent_count')::bigint AS sample_size
FROM sms_metrics_hourly
WHERE
    metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    AND metric_type IN ('sent_count', 'delivered_count') AND dimension = 'carrier'
GROUP BY dimension_value
"""


def watch_each_carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For this test, let the alert's SELECT answer a row a carrier."""
    root = tmp_path / "sql"
    shutil.copytree(sql_root(), root)
    (root / "alerts" / f"{ALERT.name}.sql").write_text(BY_CARRIER, encoding="utf-8")
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(root))
    read_sql.cache_clear()


@dataclass(slots=True, kw_only=True)
class Live:
    """The delivery alert, run hour by hour: evaluated as of each hour's end, then followed up.

    :param follow_ups: when the follow-up runs, counted from the evaluation.
    :param at: how far the runs have come, counted from the start.
    """

    conn: Connection
    start: datetime = START
    follow_ups: tuple[timedelta, ...] = (timedelta(0), timedelta(minutes=30))
    at: timedelta = timedelta(0)
    partitions: set[datetime] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """The end of the newest hour that was run."""
        return self.start + self.at

    def threshold(self, **columns: Any) -> None:
        """Change columns of the alert's row in the thresholds table."""
        changes = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
        )
        update = sql.SQL("UPDATE sms_alert_thresholds SET {} WHERE alert_type = {}").format(changes, ALERT.name)
        self.conn.execute(update, columns)

    def run(self, series: str | Mapping[str, str]) -> None:
        """Run the next hours: those of a series of the whole system, or of one an entity."""
        texts = {ALL: series} if isinstance(series, str) else series
        slots = {entity: parse_series(text) for entity, text in texts.items()}
        for hour in zip(*slots.values(), strict=True):
            self.run_hour(dict(zip(slots, hour, strict=True)))

    def run_hour(self, slots: Mapping[str, Slot]) -> None:
        """Run one hour: its rows, its evaluation, its follow-ups."""
        self.write(self.now, slots)
        self.at += HOUR
        self.evaluate()
        for delay in self.follow_ups:
            self.follow_up(self.now + delay)

    def pass_by(self, series: str) -> None:
        """Let the next hours pass: they are aggregated, and nothing is evaluated or followed up."""
        for slot in parse_series(series):
            self.write(self.now, {ALL: slot})
            self.at += HOUR

    def evaluate(self, **changes: Any) -> list[Outcome]:
        """Evaluate the newest hour, as of its end."""
        window = changes.pop("window", Window(self.now - HOUR, self.now))
        return Evaluator(**{"conn": self.conn, "alert": ALERT, "window": window, "now": self.now, **changes}).run()

    def follow_up(self, now: datetime | None = None) -> dict[str, int]:
        """Follow up on all incidents; returns what was said, and how often."""
        return FollowUp(conn=self.conn, now=now or self.now, alerts={ALERT.name: ALERT}).run()

    def write(self, hour: datetime, slots: Mapping[str, Slot]) -> None:
        """The rollup's rows of an hour, as aggregation leaves them, in place of those before."""
        if hour.replace(hour=0) not in self.partitions:
            self.partitions.add(hour.replace(hour=0))
            self.conn.execute("SELECT sms_ensure_partitions('sms_metrics_hourly', %s, %s)", (hour.date(), hour.date()))
        self.conn.execute("DELETE FROM sms_metrics_hourly WHERE metric_hour = %s", (hour,))
        self.conn.execute("DELETE FROM sms_aggregated_hours WHERE metric_hour = %s", (hour,))
        if "!" not in slots.values():
            self.aggregated(hour)
        for entity, slot in slots.items():
            if isinstance(slot, Measured):
                self._write(hour, entity, slot)

    def aggregated(self, hour: datetime, *, aggregated_at: datetime | None = None) -> None:
        """The families have aggregated this hour, by default long after it was over."""
        self.conn.execute(
            "INSERT INTO sms_aggregated_hours SELECT unnest(ARRAY['delivery', 'generation', 'engagement']), %s,"
            " coalesce(%s, clock_timestamp()) ON CONFLICT (family, metric_hour)"
            " DO UPDATE SET aggregated_at = excluded.aggregated_at",
            (hour, aggregated_at),
        )

    def _write(self, hour: datetime, entity: str, slot: Measured) -> None:
        dimension = ("all", "") if entity == ALL else ("carrier", entity)
        delivered = (slot.value or 0) * slot.sample / 100
        for metric_type, number in (("sent_count", slot.sample), ("delivered_count", round(delivered))):
            if number:
                self.conn.execute(
                    "INSERT INTO sms_metrics_hourly VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (hour.date(), hour, metric_type, *dimension, number, number),
                )

    def person(self, **columns: Any) -> None:
        """A person changes the open incidents."""
        changes = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
        )
        self.conn.execute(sql.SQL("UPDATE sms_alert_history SET {} WHERE resolved_at IS NULL").format(changes), columns)

    def acknowledge(self) -> None:
        """A person acknowledges the open incidents now."""
        self.person(acknowledged_at=self.now, acknowledged_by="ann")

    def resolve(self) -> None:
        """A person resolves the open incidents now."""
        self.person(resolved_at=self.now, resolved_by="ann")

    def silence(self, begin: datetime, end: datetime, **columns: Any) -> None:
        """Hold back all that is said from ``begin`` to ``end``."""
        row = {"author": "ann", "reason": "maintenance", "starts_at": begin, "expires_at": end, **columns}
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        values = sql.SQL(", ").join(map(sql.Placeholder, row))
        self.conn.execute(sql.SQL("INSERT INTO sms_alert_silences ({}) VALUES ({})").format(names, values), row)

    # ── What came of it ──────────────────────────────────────────────────────────────────────

    def said(self) -> list[str]:
        """The outbox, a line a message: "3h trigger pagerduty", behind it why it is not sent, if it is not."""
        rows = self.conn.execute(
            "SELECT message ->> 'occurred_at', event, message ->> 'entity', coalesce(suppressed_reason, status),"
            " array_agg(channel ORDER BY channel) FROM sms_alert_notifications"
            " GROUP BY incident_id, sequence, 1, 2, 3, 4 ORDER BY min(id)"
        ).fetchall()
        return [
            f"{show_span(datetime.fromisoformat(when) - self.start)} {event} {' '.join(channels)}"
            + ("" if entity == ALL else f" of {entity}")
            + ("" if status in ("pending", "sending", "sent") else f" ({status})")
            for when, event, entity, status, channels in rows
        ]

    def incidents(self) -> list[str]:
        """A line an incident: "1h to 4h recovered"."""
        rows = self.conn.execute(
            "SELECT entity, triggered_at, resolved_at, resolved_by FROM sms_alert_history ORDER BY triggered_at, entity"
        ).fetchall()
        return [
            f"{show_span(began - self.start)} to "
            + (f"{show_span(ended - self.start)} {by}" if ended else "now")
            + ("" if entity == ALL else f" of {entity}")
            for entity, began, ended, by in rows
        ]

    def states(self, entity: str = ALL) -> str:
        """The states that the evaluations came to, in a row: "ok firing firing"; "-" for history."""
        rows = self.conn.execute(
            "SELECT state FROM sms_alert_evaluations WHERE entity = %s ORDER BY window_end, evaluated_at", (entity,)
        ).fetchall()
        return " ".join(state or "-" for (state,) in rows)

    def transitions(self) -> list[str]:
        """The log of transitions, a line each: "ok → firing: new"."""
        rows = self.conn.execute(
            "SELECT from_state, to_state, reason FROM sms_alert_transitions ORDER BY id"
        ).fetchall()
        return [f"{before or 'none'} → {after or 'none'}: {reason}" for before, after, reason in rows]

    def messages(self, event: str) -> list[dict[str, Any]]:
        """What was put into the outbox for an event, in order."""
        rows: Iterable[tuple[dict[str, Any]]] = self.conn.execute(
            "SELECT message FROM sms_alert_notifications WHERE event = %s ORDER BY id", (event,)
        ).fetchall()
        return [message for (message,) in rows]
