"""The metrics database as Airflow sees it: one connection id, reads for people, records for applications."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.postgres.hooks.postgres import PostgresHook
from psycopg.types.json import Jsonb

from sms_monitoring import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from sms_monitoring.db import Connection, Row

CONN_ID = "sms_monitoring_db"


class SmsMetricsHook(PostgresHook):
    """PostgresHook on the metrics database.

    :param postgres_conn_id: the Airflow connection; its search_path chooses the schema.
    """

    default_conn_name = CONN_ID

    def __init__(self, postgres_conn_id: str = CONN_ID, **kwargs: Any) -> None:
        super().__init__(postgres_conn_id=postgres_conn_id, **kwargs)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A psycopg connection in autocommit mode, closed on leaving the block."""
        conn: Any = self.get_conn()
        conn.autocommit = True
        try:
            yield db.prepared(conn)
        finally:
            conn.close()

    def dsn(self) -> str:
        """How psycopg connects to the database, password included: to be handed on, never to be shown."""
        with self.connect() as conn:
            return db.dsn(conn)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────

    def get_daily_metrics(self, start_date: date, end_date: date | None = None) -> list[Row]:
        """Rows of ``sms_metrics_daily`` from ``start_date`` to ``end_date`` (default: the same day), newest first.

        :raises ValueError: when the range ends before it begins.
        """
        end_date = end_date or start_date
        if end_date < start_date:
            raise ValueError(f"end_date {end_date} lies before start_date {start_date}")
        with self.connect() as conn:
            return db.fetch_all(conn, "metrics/daily.sql", {"start_date": start_date, "end_date": end_date})

    def get_user_metrics(self, user_id: str, days: int = 30) -> list[Row]:
        """One user's last ``days`` UTC days up to today (only those with any metric), newest first.

        :raises ValueError: unless ``days`` is 1 to 365.
        """
        if not 1 <= days <= 365:
            raise ValueError(f"days is {days}, not 1 to 365")
        params = {"user_id": user_id, "days": days, "today": datetime.now(UTC).date()}
        with self.connect() as conn:
            return db.fetch_all(conn, "metrics/user_daily.sql", params)

    def get_today(self) -> Row | None:
        """Today's (UTC) row of ``sms_metrics_daily`` as last refreshed; None before the first hour of the day."""
        rows = self.get_daily_metrics(datetime.now(UTC).date())
        return rows[0] if rows else None

    # ── Recording ────────────────────────────────────────────────────────────────────────────
    # For metric types whose origin is 'recorded'. Those that a source preset derives are refused by the
    # database (SQLSTATE 22023), since counting them here too would count them twice.

    def record_metric(
        self,
        metric_type: str,
        value: float | Decimal = 1,
        *,
        user_id: str | None = None,
        at: datetime | None = None,
        sample_count: int = 1,
    ) -> None:
        """Add ``value``, a sum over ``sample_count`` observations, to one metric of the hour of ``at`` (default: now).

        :raises psycopg.errors.InvalidParameterValue: unknown or derived metric type, negative value,
            a time in the future or before what retention keeps.
        """
        self.record_metrics(
            [{"metric_type": metric_type, "value": value, "user_id": user_id, "at": at, "sample_count": sample_count}]
        )

    def record_metrics(self, metrics: Iterable[Mapping[str, Any]]) -> int:
        """Record many at once, all or none: mappings with ``metric_type`` and optionally ``value``,
        ``user_id``, ``at``, ``sample_count``. Returns how many; raises as :meth:`record_metric`."""
        batch = [
            {
                key: value.isoformat() if isinstance(value, datetime) else str(value) if key == "value" else value
                for key, value in metric.items()
                if value is not None
            }
            for metric in metrics
        ]
        with self.connect() as conn:
            row = conn.execute("SELECT record_sms_metrics(%s)", (Jsonb(batch),)).fetchone()
        return int(row[0]) if row else 0

    def record_scheduled(self, user_id: str, count: int = 1) -> None:
        """``count`` messages were scheduled for a user."""
        self.record_metric("scheduled_count", count, user_id=user_id)

    def record_sent(self, user_id: str, *, cost_usd: float | Decimal | None = None) -> None:
        """A message was handed to the carrier, at ``cost_usd`` where known."""
        self.record_metrics(
            [{"metric_type": "sent_count", "user_id": user_id}]
            + ([] if cost_usd is None else [{"metric_type": "sms_cost_usd", "value": cost_usd, "user_id": user_id}])
        )

    def record_delivery(self, user_id: str, delivery_time_ms: float) -> None:
        """A message was delivered, ``delivery_time_ms`` milliseconds after its send."""
        self.record_metrics(
            [
                {"metric_type": "delivered_count", "user_id": user_id},
                {"metric_type": "avg_delivery_time_ms", "value": delivery_time_ms, "user_id": user_id},
            ]
        )

    def record_failure(self, user_id: str) -> None:
        """A message failed to send or to be delivered."""
        self.record_metric("failed_count", user_id=user_id)

    def record_cancelled(self, user_id: str) -> None:
        """A message was cancelled before it was sent."""
        self.record_metric("cancelled_count", user_id=user_id)

    def record_generation(
        self, user_id: str, *, by_llm: bool, time_ms: float | None = None, cost_usd: float = 0
    ) -> None:
        """A text was produced: by the LLM, in ``time_ms`` milliseconds, or by the template it fell back to."""
        metrics: list[dict[str, Any]] = [
            {"metric_type": "llm_success_count" if by_llm else "template_fallback_count", "user_id": user_id},
            {"metric_type": "llm_cost_usd", "value": cost_usd, "user_id": user_id},
        ]
        if time_ms is not None:
            metrics.append({"metric_type": "avg_generation_time_ms", "value": time_ms, "user_id": user_id})
        self.record_metrics(metrics)

    def record_opt_out(self, user_id: str) -> None:
        """A user opted out."""
        self.record_metric("opt_out_count", user_id=user_id)

    def record_quiet_hours_skip(self, user_id: str) -> None:
        """A message was held back by a user's quiet hours."""
        self.record_metric("quiet_hours_skip_count", user_id=user_id)

    def record_daily_limit_hit(self, user_id: str) -> None:
        """A user hit the daily limit."""
        self.record_metric("daily_limit_hit_count", user_id=user_id)
