"""What the schema knows: columns, indexes, metric types, dimensions. A test compares it with the migrations."""

from __future__ import annotations

DIMENSIONS = ("all", "carrier", "campaign")
"""Those that aggregation writes into ``sms_metrics_hourly``."""

METRIC_TYPES = (
    "avg_delivery_time_ms duration milliseconds",
    "avg_generation_time_ms duration milliseconds",
    "cancelled_count counter count",
    "daily_limit_hit_count counter count",
    "delivered_count counter count",
    "failed_count counter count",
    "llm_cost_usd counter USD",
    "llm_success_count counter count",
    "opt_out_count counter count",
    "quiet_hours_skip_count counter count",
    "scheduled_count counter count",
    "sent_count counter count",
    "sms_cost_usd counter USD",
    "template_fallback_count counter count",
)
"""Name, kind and unit of those that come with the bundle."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "sms_metrics": (
        "metric_date date required",
        "metric_hour timestamp with time zone required",
        "user_id text",
        "metric_type text required",
        "metric_value numeric required",
        "sample_count bigint required",
        "created_at timestamp with time zone required",
    ),
    "sms_metrics_hourly": (
        "metric_date date required",
        "metric_hour timestamp with time zone required",
        "metric_type text required",
        "dimension text required",
        "dimension_value text required",
        "value_sum numeric required",
        "value_count bigint required",
        "buckets jsonb",
    ),
    "sms_metrics_by_day": (
        "metric_date date required",
        "metric_type text required",
        "value_sum numeric required",
        "value_count bigint required",
        "buckets jsonb",
        "p50 numeric",
        "p95 numeric",
    ),
    "sms_metrics_daily": (
        "metric_date date",
        "scheduled_count bigint",
        "sent_count bigint",
        "delivered_count bigint",
        "failed_count bigint",
        "cancelled_count bigint",
        "delivery_rate_percent numeric",
        "avg_delivery_time_ms numeric",
        "llm_success_count bigint",
        "llm_success_rate_percent numeric",
        "llm_cost_usd numeric",
        "sms_cost_usd numeric",
        "opt_out_count bigint",
        "active_users bigint",
        "last_refreshed timestamp with time zone",
    ),
    "sms_alert_thresholds": (
        "alert_type text required",
        "threshold_value numeric required",
        "comparison_operator text required",
        "severity text required",
        "notification_channel text required",
        "cooldown_minutes integer required",
        "enabled boolean required",
    ),
    "sms_alert_state": (
        "alert_type text required",
        "entity text required",
        "state text required",
        "evaluated_through timestamp with time zone required",
    ),
    "sms_alert_evaluations": (
        "window_end timestamp with time zone required",
        "alert_type text required",
        "verdict text required",
        "reason text required",
    ),
    "sms_alert_history": (
        "id uuid required",
        "alert_type text required",
        "entity text required",
        "severity text required",
        "triggered_at timestamp with time zone required",
        "resolved_at timestamp with time zone",
    ),
    "sms_alert_notifications": (
        "id bigint required",
        "event text required",
        "channel text required",
        "dedup_key text required",
        "message jsonb required",
        "status text required",
    ),
}
"""Table or view → columns: name, type, ``required`` where null is refused. Of the alert tables, those read most."""

KEYS: dict[str, tuple[str, ...]] = {
    "sms_metrics": ("sms_metrics_key",),
    "sms_metrics_hourly": ("sms_metrics_hourly_pkey",),
    "sms_metrics_by_day": ("sms_metrics_by_day_pkey",),
    "sms_metrics_daily": ("sms_metrics_daily_date",),
    "sms_aggregated_hours": ("sms_aggregated_hours_pkey",),
    "sms_alert_history": ("sms_alert_history_pkey", "sms_alert_history_one_open"),
    "sms_alert_state": ("sms_alert_state_pkey",),
    "sms_alert_notifications": ("sms_alert_notifications_pkey", "sms_alert_notifications_once"),
    "sms_alert_thresholds": ("sms_alert_thresholds_pkey",),
}
"""Table → unique indexes: without one, rows can be doubled, or a view no longer be refreshed."""

SPEEDING: tuple[str, ...] = (
    "sms_alert_evaluations_newest",
    "sms_alert_history_alert_type",
    "sms_alert_history_open",
    "sms_alert_history_triggered",
    "sms_alert_notifications_due",
    "sms_alert_notifications_of_incident",
    "sms_alert_silences_in_effect",
    "sms_alert_transitions_of_entity",
    "sms_dirty_hours_key",
    "sms_quality_runs_newest",
)
"""Indexes without which everything still works, ever more slowly."""
