"""What the API would say, made up: plausible numbers of a product whose carrier fails since this afternoon."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sms_monitoring.charts import draw
from sms_monitoring.charts.replay import replay_chart
from sms_monitoring.charts.theme import palette
from sms_monitoring.charts.timeline import Timeline
from sms_monitoring.series.span import named_span
from sms_monitoring.timeframe import HOUR

# A fixed time, so that pictures can be compared.
NOW = datetime(2026, 3, 11, 15, 7, tzinfo=UTC)
INCIDENT = "5f1c0a6e-0d3e-4a53-9a6e-7a1f0e2b9c11"
RESOLVED = "0b7a5c2e-6b1f-4a07-8c57-6d6f8f6f4e02"
RUN = "dags/sms_hourly_monitoring/runs/scheduled__2026-03-11T15%3A00%3A00%2B00%3A00"


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def ago(**length: float) -> str:
    return iso(NOW - timedelta(**length))


def me(*, may_act: bool = True, may_read: bool = True) -> dict[str, Any]:
    return {"name": "ann", "may_read": may_read, "may_act": may_act}


def overview(status: str) -> dict[str, Any]:
    newest = {"stale": NOW - 6 * HOUR, "no_data": None}.get(status, NOW - HOUR)
    newest = newest and newest.replace(minute=0)
    headline, details = {
        "healthy": ("Messages arrive: 97.4 % of today's were delivered.", []),
        "critical": (
            "Delivery is failing at carrier T-Mobile since 14:00 UTC.",
            ["SMS delivery rate is low: 71.3 %, alerts below 90 %.", "LLM cost is 2.6 × a usual day."],
        ),
        "stale": ("Numbers are 6 hours old: sms_hourly_monitoring has not run since 10:00 UTC.", []),
        "no_data": ("There are no numbers yet: sms_hourly_monitoring makes them, and it is paused.", []),
    }[status]
    items = [
        ("sent", "Sent", "messages", 18_432, 17_690, 4.2, None),
        ("delivered", "Delivered", "messages", 16_980, 17_230, -1.5, "up"),
        ("delivery_rate", "Delivery rate", "%", 92.12, 97.4, -5.4, "up"),
        ("latency", "Delivered within (p95)", "ms", 8_420, 6_210, 35.6, "down"),
        ("llm", "LLM success", "%", 94.8, 93.9, 1.0, "up"),
        ("cost", "Cost", "USD", 143.207, 138.44, 3.4, "down"),
        ("opt_outs", "Opt-outs", "people", 12, 14, -14.3, "down"),
        ("users", "Active users", "people", 2_114, None, None, "up"),
    ]
    keys = ("key", "label", "unit", "value", "last_week", "change_percent", "good")
    return {
        "health": {"status": status, "headline": headline, "details": details},
        "today": {
            "hours": 0 if status == "no_data" else 15,
            "items": [] if status == "no_data" else [dict(zip(keys, item, strict=True)) for item in items],
        },
        "freshness": {
            "newest_hour": newest and iso(newest),
            "hours_behind": None if newest is None else 6 if status == "stale" else 0,
            "view_refreshed_at": newest and iso(newest + HOUR),
            "stale": status in ("stale", "no_data"),
            "quality": None,
            "message": headline if status == "stale" else "Numbers go up to 15:00.",
            "dag_run_url": RUN if newest else "dags/sms_hourly_monitoring",
            "paused": status == "no_data",
        },
        "open_incidents": {"critical": 1, "warning": 1, "info": 0}
        if status == "critical"
        else dict.fromkeys(("critical", "warning", "info"), 0),
    }


def incident(**changed: Any) -> dict[str, Any]:
    return {
        "id": INCIDENT,
        "alert_type": "delivery_rate_critical",
        "title": "SMS delivery rate is low",
        "entity": "T-Mobile",
        "severity": "critical",
        "state": "firing",
        "triggered_at": ago(minutes=65),
        "acknowledged_at": None,
        "acknowledged_by": None,
        "resolved_at": None,
        "resolved_by": None,
        "escalated_to": None,
        "metric_value": 71.27,
        "threshold_value": 90,
        "comparison_operator": "<",
        "unit": "%",
        "sample_size": 1_284,
        "message": "SMS delivery rate is low: 71.27 % of 1,284 messages to T-Mobile delivered from 13:00 to 14:00 UTC.",
        "window_start": ago(hours=2, minutes=7),
        "window_end": ago(hours=1, minutes=7),
        "owner": "messaging-oncall",
        "runbook_url": "https://runbooks.example.com/delivery",
        "silenced": None,
        "suppressed_by": None,
        "dag_run_url": RUN,
        "task_log_url": f"{RUN}/tasks/evaluate.delivery_rate_critical",
        **changed,
    }


def open_incidents() -> list[dict[str, Any]]:
    cost = incident(
        id="9d8e7f60-1111-4222-8333-444455556666",
        alert_type="llm_cost_spike_warning",
        title="LLM cost is unusually high",
        entity="all",
        severity="warning",
        state="recovering",
        triggered_at=ago(hours=7),
        acknowledged_at=ago(hours=6.5),
        acknowledged_by="vic",
        metric_value=2.6,
        threshold_value=2,
        comparison_operator=">",
        unit="× a usual day",
        message="LLM cost is unusually high: 2.6 × that of a usual day.",
        silenced={"id": 7, "kind": "silence", "author": "vic", "reason": "New prompt on trial", "until": ago(hours=-2)},
        suppressed_by="a silence",
    )
    return [incident(), cost]


def history() -> list[dict[str, Any]]:
    over = incident(
        id=RESOLVED, entity="all", state="resolved", triggered_at=ago(days=3), acknowledged_at=ago(days=2.9),
        acknowledged_by="ann", resolved_at=ago(days=2.8), resolved_by="system", metric_value=84.1,
    )  # fmt: skip
    quiet = incident(
        id="77777777-0d3e-4a53-9a6e-7a1f0e2b9c11", alert_type="opt_out_rate_warning", title="Many users opt out",
        entity="spring-sale", severity="warning", state="resolved", triggered_at=ago(days=20), resolved_at=ago(days=19),
        resolved_by="ann", metric_value=12.5, threshold_value=10, comparison_operator=">",
    )  # fmt: skip
    return [*open_incidents(), over, quiet]


def deliveries() -> list[dict[str, Any]]:
    keys = ("id", "event", "channel", "status", "suppressed_reason", "silence_id", "attempts", "last_error")
    rows = [
        (4, "repeat", "slack", "pending", None, None, 2, "HTTP 503 from the far side; tried again in 4 min"),
        (3, "trigger", "email", "suppressed", "silenced", 7, 0, None),
        (2, "trigger", "slack", "suppressed", "cooldown", None, 0, None),
        (1, "trigger", "pagerduty", "sent", None, None, 1, None),
    ]
    times = {"created_at": ago(minutes=64), "incident_id": INCIDENT}
    return [
        dict(zip(keys, row, strict=True))
        | times
        | {"sent_at": ago(minutes=63) if row[3] == "sent" else None}
        | {"next_attempt_at": ago(minutes=-4) if row[3] == "pending" else None}
        for row in rows
    ]


def incident_detail() -> dict[str, Any]:
    timeline = [
        (65, "opened", None, "71.27 % of 1,284; alerts below 90 %"),
        (64, "told", "pagerduty", "Alert"),
        (64, "held_back", "slack", "cooldown: it had fired 40 minutes before"),
        (50, "could_not_tell", "slack", "HTTP 503 from the far side"),
        (41, "acknowledged", "ann", "Carrier status page says degraded; watching"),
    ]
    return incident(acknowledged_at=ago(minutes=41), acknowledged_by="ann") | {
        "timeline": [
            {"at": ago(minutes=m), "what": what, "who": who, "detail": detail} for m, what, who, detail in timeline
        ],
        "timeline_is_whole": True,
        "deliveries": deliveries(),
    }


def threshold(alert_type: str = "delivery_rate_critical", **changed: Any) -> dict[str, Any]:
    return {
        "alert_type": alert_type,
        "title": "SMS delivery rate is low",
        "unit": "%",
        "threshold_value": 90,
        "comparison_operator": "<",
        "severity": "critical",
        "notification_channel": "pagerduty",
        "additional_channels": ["slack"],
        "cooldown_minutes": 60,
        "enabled": True,
        "minimum_sample": 30,
        "confidence": 0.95,
        "pending_evaluations": 1,
        "recovery_evaluations": 2,
        "recovery_threshold": None,
        "widen_to_hours": 24,
        "long_window_hours": 192,
        "long_window_minimum_sample": 10,
        "no_data_policy": "keep",
        "evaluation_delay_hours": 0,
        "repeat_interval_minutes": None,
        "escalation_channel": None,
        "escalate_after_minutes": None,
        "owner": "messaging-oncall",
        "runbook_url": None,
        "last_triggered_at": ago(minutes=65),
        "created_at": ago(days=80),
        "version": "v1",
        "watches": "product",
        "replayable": True,
        "runbook": f"api/sms/metrics/runbooks/{alert_type}",
        "state": "firing",
        "entity": "T-Mobile",
        "current_value": 71.27,
        "sample_size": 1_284,
        "reason": "71.27 % of 1,284 is below 90 %",
        "state_since": ago(minutes=65),
        "window_start": ago(hours=2),
        "window_end": ago(hours=1),
        "incident_id": INCIDENT,
        **changed,
    }


def thresholds() -> list[dict[str, Any]]:
    fine = {"state": "ok", "entity": "all", "incident_id": None, "additional_channels": []}
    return [
        threshold("daily_limit_hit_warning", title="Many users hit the daily limit", threshold_value=20,
                  comparison_operator=">", severity="warning", notification_channel="slack", cooldown_minutes=180,
                  current_value=3.1, reason="3.1 % of 2,114", **fine),
        threshold(),
        threshold("llm_cost_spike_warning", title="LLM cost is unusually high", unit="× a usual day", threshold_value=2,
                  comparison_operator=">", severity="warning", notification_channel="slack", cooldown_minutes=120,
                  current_value=2.6, reason="2.6 × a usual day", **{**fine, "state": "recovering"}),
        threshold("llm_failure_critical", title="The LLM fails", threshold_value=50, comparison_operator=">",
                  cooldown_minutes=30, current_value=None, reason="12 of at least 30 texts",
                  **{**fine, "state": "insufficient_data"}),
        threshold("opt_out_rate_warning", title="Many users opt out", threshold_value=10, comparison_operator=">",
                  severity="warning", notification_channel="email", enabled=False, current_value=None,
                  reason="disabled", **{**fine, "state": "disabled"}),
        outbox_threshold(),
        threshold("quality_checks_late", title="Data quality checks are overdue", unit="hours", threshold_value=2,
                  comparison_operator=">", severity="warning", notification_channel="slack", cooldown_minutes=240,
                  current_value=0, reason="within_threshold", watches="monitoring", replayable=False, **fine),
    ]  # fmt: skip


def outbox_threshold() -> dict[str, Any]:
    """One that the watchdog judges."""
    return threshold(
        "outbox_stuck", title="Notifications are stuck", unit="minutes", threshold_value=20, comparison_operator=">",
        current_value=34, entity="slack", reason="past_threshold", watches="monitoring", replayable=False,
    )  # fmt: skip


def silences() -> list[dict[str, Any]]:
    common = {
        "created_at": ago(hours=2), "starts_at": ago(hours=2), "ended_at": None, "ended_by": None, "reviewed_at": None,
        "reviewed_by": None, "entity": "*", "severity": "*", "weekdays": None, "local_start": None, "local_end": None,
        "time_zone": None, "incident_id": None, "state": "in_effect", "holds_now": True,
    }  # fmt: skip
    return [
        {**common, "id": 7, "kind": "silence", "alert_type": "llm_cost_spike_warning", "author": "vic",
         "reason": "New prompt on trial", "expires_at": ago(hours=-2), "incident_id": INCIDENT},
        {**common, "id": 3, "kind": "mute", "alert_type": "*", "severity": "warning", "author": "ann",
         "holds_now": False,         "reason": "Warnings wait for the morning", "expires_at": None,
         "weekdays": [1, 2, 3, 4, 5],
         "local_start": "22:00", "local_end": "06:00", "time_zone": "Europe/Berlin"},
    ]  # fmt: skip


def channels() -> list[dict[str, Any]]:
    rows = [
        ("email", "SMTP; Airflow connection sms_monitoring_smtp", True, "slack",
         ["opt_out_rate_warning"], ago(days=2), 0),
        ("pagerduty", "PagerDuty Events API v2; Airflow connection sms_monitoring_pagerduty", True, "slack",
         ["delivery_rate_critical", "llm_failure_critical"], ago(minutes=63), 0),
        ("slack", "Slack incoming webhook; Airflow connection sms_monitoring_slack", True, "email",
         ["delivery_rate_critical", "llm_cost_spike_warning"], ago(hours=7), 3),
        ("sms", "Text message through Twilio; Airflow connection sms_monitoring_sms", False, "slack", [], None, 0),
    ]  # fmt: skip
    keys = ("channel", "description", "configured", "fallback_channel", "in_use_by", "last_sent_at", "failed_24h")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def audit() -> list[dict[str, Any]]:
    edit = {
        "id": 12, "at": ago(hours=4), "actor": "ann", "login": "sms_monitoring", "action": "edit_threshold",
        "object": "threshold delivery_rate_critical", "note": "Too noisy at night",
        "changes": [{"column": "threshold_value", "before": 92, "after": 90},
                    {"column": "additional_channels", "before": [], "after": ["slack"]}],
        "before": {}, "after": {},
    }  # fmt: skip
    made = {**edit, "id": 11, "action": "create_silence", "object": "silence 7", "note": None, "changes": []}
    return [edit, made]


def user_metrics(user: str) -> dict[str, Any]:
    days = [
        {
            "metric_date": (NOW - timedelta(days=index)).date().isoformat(),
            "scheduled_count": 4, "sent_count": 4, "delivered_count": 3 + index % 2, "failed_count": 1 - index % 2,
            "cancelled_count": 0, "delivery_rate_percent": 75.0 + 25 * (index % 2), "llm_success_count": 3,
            "template_fallback_count": 1, "llm_success_rate_percent": 75.0, "llm_cost_usd": 0.0012,
            "sms_cost_usd": 0.0316,
        }
        for index in range(12)
    ]  # fmt: skip
    summary = {
        "total_scheduled": 48, "total_sent": 48, "total_delivered": 42, "total_failed": 6,
        "delivery_rate_percent": 87.5, "total_llm_cost_usd": "0.0144", "days": 30,
    }  # fmt: skip
    return {"success": True, "data": {"metrics": days, "summary": summary}, "user_id": user}


@cache
def chart(name: str, span_name: str, theme: str) -> dict[str, Any]:
    """Drawn by the functions that draw the real ones; not to be changed."""
    span = named_span(span_name, NOW)
    colours = palette(dark=theme == "dark")
    points = [_point(index, at, until) for index, (at, until) in enumerate(span.steps())]
    trouble = {
        "began": span.end - 2 * span.step, "ended": NOW, "severity": "critical", "title": "SMS delivery rate is low",
        "when": "since 14:00",
    }  # fmt: skip
    timeline = Timeline(start=span.start, end=span.end, points=points, incidents=[trouble], colours=colours)
    if name == "funnel":
        spec = draw.draw_funnel(draw.funnel_stages(points), colours)
    elif "_by_" in name:
        lines = {
            label: [_by(point, index) for point in points]
            for index, label in enumerate(("Verizon", "AT&T", "T-Mobile"))
        }
        series = "delivery_rate" if name.startswith("rate") else "volume"
        spec = draw.draw_breakdown(timeline, series, lines, 90 if series == "delivery_rate" else None)
    else:
        spec = draw.draw_series(timeline, name, {"delivery_rate": 90, "llm": 50}.get(name))
    rows = [[f"{point['at']:%-d %b %H:%M}", *list(point["tooltip"].values())[1:]] for point in reversed(points)]
    return {
        "spec": spec,
        "description": f"{draw.TITLES.get(name, name)}, {span.words}: newest 71.3 %, 2 points below the threshold.",
        "table": {"columns": ["Time", "Sent", "Delivered"], "rows": rows},
        "empty": False,
        "updated_at": iso(NOW),
        "start": iso(span.start), "end": iso(span.end), "step": span.step_name,
    }  # fmt: skip


def _point(index: int, at: datetime, until: datetime) -> dict[str, Any]:
    wave = 1 + 0.6 * math.sin(at.hour / 24 * 2 * math.pi - 2) + 0.1 * math.sin(index * 1.7)
    sent = round(1_200 * wave)
    rate = 97.4 + math.sin(index * 2.1) - (26 if until > NOW - 3 * HOUR else 0)
    delivered = round(sent * rate / 100)
    return {
        "at": at, "until": until, "missing": index in (5, 6, 7), "state": "ok", "partial": False, "hours_missing": 0,
        "scheduled": round(sent * 1.04), "sent": sent, "delivered": delivered, "failed": sent - delivered - 9,
        "unconfirmed": 9, "rate": rate, "low": rate - 1.5, "high": min(100, rate + 1.2),
        "p50": 2_100 + 300 * wave, "p95": 6_400 + 1_500 * wave, "sample": sent, "llm": sent, "fallback": 40,
        "llm_cost": 0.8 * wave, "sms_cost": 9.5 * wave, "opt_outs": index % 3, "quiet_hours_skips": index % 7,
        "daily_limit_hits": index % 5,
        "tooltip": {"Time": f"{at:%-d %b %H:%M}", "Sent": f"{sent:,}", "Delivered": f"{delivered:,} ({rate:.1f} %)"},
    }  # fmt: skip


def _by(point: dict[str, Any], index: int) -> dict[str, Any]:
    return {**point, "rate": point["rate"] - index * 2.2, "sent": point["sent"] // (index + 2)}


def replay(changes: dict[str, Any], theme: str) -> dict[str, Any]:
    start = NOW.replace(minute=0) - timedelta(days=90)
    hours = [start + HOUR * index for index in range(90 * 24)]
    points = [
        {"at": iso(at + HOUR), "value": 97 + 2 * math.sin(index / 9) - (22 if index % 500 > 492 else 0), "sample": 400}
        for index, at in enumerate(hours)
    ]
    firings = [(hours[index], hours[index + 8]) for index in range(493, len(hours) - 9, 500)]
    spans = [{"start": iso(begin), "end": iso(end), "new": number == 1} for number, (begin, end) in enumerate(firings)]
    proposed = float(changes.get("threshold_value", 90))
    totals = {
        "condition": "< 90 %", "firings": 2, "firings_not_told": 0, "firings_without_known_incident": 0,
        "hours_firing": 14.0,
        "longest_hours": 8.0, "incidents_caught": 2, "incidents_missed": 1, "messages": 8, "messages_by_channel": {},
        "hours": {"ok": 2100},
    }  # fmt: skip
    return {
        "summary": "This would have fired 4 times in 90 days; the threshold as it is, 2 times.",
        "detail": "Fires 4 times, instead of 2; catches all 3 known incidents; 16 messages.",
        "notes": ["Silences, mute windows, inhibition and what people did are left out."],
        "range": {"start": iso(start), "end": iso(NOW), "hours": len(hours)},
        "current": totals,
        "proposed": {**totals, "condition": f"< {proposed:g} %", "firings": 4, "firings_without_known_incident": 1,
                     "incidents_caught": 3, "incidents_missed": 0, "messages": 16, "hours_firing": 32.0},
        "firings": [
            {"entity": "all", "began": iso(begin), "ended": iso(end), "hours": 8.0, "worst": 74.0, "sample_size": 400,
             "told": number != 2, "new": number == 1, "incidents": [] if number == 1 else [RESOLVED]}
            for number, (begin, end) in enumerate(firings)
        ],
        "incidents": [],
        "chart": replay_chart(
            points, start=iso(start), end=iso(NOW), unit="%", operator="<", current=90, proposed=proposed,
            firings=spans, firings_now=spans[:2], incidents=[{**span, "caught": True} for span in spans[:3]],
            width="container", colours=palette(dark=theme == "dark"),
        ),
    }  # fmt: skip
