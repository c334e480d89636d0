"""The days: what the daily view is made of, and the view."""

from __future__ import annotations

from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import at_least, between, critical, filled, no_rows, true, unique, warning

BY_DAY = Suite(
    name="sms_metrics_by_day",
    rows="sms_metrics_by_day",
    checks=(
        critical("metric_types_known", filled("kind"), "Of an unknown metric type nobody knows what its numbers mean."),
        critical("values_not_negative", between("value_sum", 0, 1e18), "Counts, costs and times are never below zero."),
        critical(
            "histograms_on_durations", true("has_right_histogram"), "Percentiles come from histograms of durations."
        ),
        critical("p95_at_least_p50", at_least("p95", "p50"), "Percentiles out of order come of a broken histogram."),
        critical(
            "days_equal_hours",
            no_rows("days_equal_hours"),
            "A day that is not the sum of its hours shows in the digest and the dashboard.",
        ),
        critical(
            "histograms_agree",
            no_rows("day_histograms_agree"),
            "A histogram that lacks observations gives wrong percentiles.",
        ),
        critical("active_users_known", filled("active_users"), "Rates per user need the day's distinct users."),
        critical(
            "active_users_exact",
            no_rows("active_users_exact"),
            "Distinct users are counted exactly; rates per user depend on them.",
        ),
    ),
)

DAILY_VIEW = Suite(
    name="sms_metrics_daily",
    rows="sms_metrics_daily",
    checks=(
        critical("days_unique", unique("metric_date"), "A day that stands twice is told twice."),
        critical(
            "delivered_at_most_sent",
            at_least("sent_count", "delivered_count"),
            "A delivery rate above 100 % is a wrong rate.",
        ),
        *(
            critical(f"{rate}_is_a_share", between(f"{rate}_percent", 0, 100), "A share is from 0 to 100 %.")
            for rate in ("delivery_rate", "llm_success_rate", "quiet_hours_rate")
        ),
        critical(
            "p95_at_least_p50",
            at_least("p95_delivery_time_ms", "p50_delivery_time_ms"),
            "Percentiles out of order come of a broken histogram.",
        ),
        critical(
            "view_equals_days",
            no_rows("view_equals_days"),
            "The view says something else than the rows it is made of: it was not refreshed, or was redefined.",
        ),
        warning(
            "view_fresh",
            between("minutes_since_refresh", None, 180),
            "The view is refreshed with every hourly run: the newest hours are missing from it.",
        ),
    ),
)
