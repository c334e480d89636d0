"""Which tables may be exported, and by which time. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How a table is exported.

    :param time: the column of a row's date or moment; None: the table is small, and exported whole.
    :param order: a key of the table that, in this order, a large one has an index of.
    :param without: columns that are left out.
    """

    time: str | None
    order: tuple[str, ...]
    without: tuple[str, ...] = ()


def _by(time: str, *order: str, without: tuple[str, ...] = ()) -> Table:
    return Table(time=time, order=(time, *order), without=without)


def _whole(*order: str) -> Table:
    return Table(time=None, order=order)


TABLES = {
    "sms_metrics": _by("metric_date", "metric_hour", "metric_type", "user_id"),
    "sms_metrics_hourly": _by("metric_date", "metric_hour", "metric_type", "dimension", "dimension_value"),
    "sms_metrics_by_day": _by("metric_date", "metric_type"),
    "sms_metrics_daily": _by("metric_date"),
    "sms_active_users_by_day": _by("metric_date"),
    "sms_aggregated_hours": _by("metric_hour", "family"),
    "sms_metric_types": _whole("metric_type"),
    "sms_retention_policies": _whole("table_name"),
    "sms_alert_history": _by("triggered_at", "id"),
    "sms_alert_state": _whole("alert_type", "entity"),
    "sms_alert_evaluations": _by("window_end", "alert_type", "entity", "evaluated_at"),
    "sms_alert_transitions": _by("occurred_at", "id"),
    # What a message said is laid out for channels; which worker sends it is nobody's business.
    "sms_alert_notifications": _by("created_at", "id", without=("message", "claimed_by", "lease_until")),
    "sms_alert_thresholds": _whole("alert_type"),
    "sms_alert_silences": _by("created_at", "id"),
    "sms_alert_inhibitions": _whole("id"),
    "sms_alert_audit": _by("at", "id"),
    "sms_quality_runs": _by("started_at", "id"),
    "sms_quality_results": _by("stored_at", "run_id", "suite", "check_name"),
    "sms_bad_hours": _by("metric_hour", "family"),
    "sms_dag_status": _whole("dag_id"),
    "sms_notification_channels": _whole("channel"),
    # A picture's specification is no data.
    "sms_threshold_replays": _by("replayed_at", "id", without=("chart",)),
}
