"""Every SQL statement of the BuildOS guide runs as printed, and means what the guide says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.pipeline import aggregate_range, refresh_views
from sms_monitoring.timeframe import Window
from tests.product import add_message, at

STATEMENTS = [
    statement.strip()
    for statement in (Path(__file__).parent / "data" / "buildos_guide.sql").read_text(encoding="utf-8").split(";")
    if statement.strip()
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=range(len(STATEMENTS)))
def test_it_runs_verbatim(db, statement):
    db.execute(statement.encode())


def test_index_usage_is_asked_with_the_names_that_postgresql_has(db):
    """The guide's own statement names columns of pg_indexes; this is what it means, over the partitions."""
    rows = db.execute(
        "SELECT schemaname, relname, indexrelname, idx_scan FROM pg_stat_user_indexes"
        " WHERE relname LIKE 'sms_metrics%' ORDER BY idx_scan"
    ).fetchall()
    assert "sms_metrics_daily_date" in {index for _, _, index, _ in rows}


def test_they_run_together_over_real_metrics(db):
    add_message(db, generated_via="llm", generation_cost_usd="0.001")
    for family in FAMILIES:
        aggregate_range(db, family, Window(at("09:00"), at("11:00")))
    refresh_views(db)
    for statement in STATEMENTS:
        db.execute(statement.encode())
    thresholds = dict(db.execute("SELECT alert_type, threshold_value FROM sms_alert_thresholds").fetchall())
    assert thresholds["delivery_rate_critical"] == 85
    assert thresholds["custom_metric_alert"] == 100
    assert db.execute("SELECT count(*) FROM sms_metrics").fetchone() == (0,), "older than 90 days: the guide deletes it"


def test_the_defaults_are_those_of_the_guide(db):
    rows = db.execute(
        "SELECT alert_type, threshold_value::float8, comparison_operator, severity, notification_channel,"
        " cooldown_minutes, enabled FROM sms_alert_thresholds WHERE alert_type = ANY(%s) ORDER BY alert_type",
        [
            [
                "daily_limit_hit_warning",
                "delivery_rate_critical",
                "llm_cost_spike_warning",
                "llm_failure_critical",
                "opt_out_rate_warning",
            ]
        ],
    ).fetchall()
    assert rows == [
        ("daily_limit_hit_warning", 20, ">", "warning", "slack", 180, True),
        ("delivery_rate_critical", 90, "<", "critical", "pagerduty", 60, True),
        ("llm_cost_spike_warning", 2, ">", "warning", "slack", 120, True),
        ("llm_failure_critical", 50, ">", "critical", "pagerduty", 30, True),
        ("opt_out_rate_warning", 10, ">", "warning", "slack", 240, True),
    ]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("comparison_operator = '=>'", "comparison_operator_check"),
        ("comparison_operator = 'less than'", "comparison_operator_check"),
        ("notification_channel = 'carrier_pigeon'", "notification_channel_fkey"),
        ("severity = 'apocalyptic'", "severity_check"),
        ("cooldown_minutes = -1", "cooldown_minutes_check"),
        ("threshold_value = 'NaN'", "threshold_value_check"),
        ("minimum_sample = 0", "minimum_sample_check"),
        ("confidence = 95", "confidence_check"),
    ],
)
def test_nonsense_in_a_threshold_is_refused_by_name(db, change, constraint):
    with pytest.raises(Exception, match=constraint):
        db.execute(f"UPDATE sms_alert_thresholds SET {change} WHERE alert_type = 'delivery_rate_critical'".encode())
