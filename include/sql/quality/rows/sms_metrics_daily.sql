-- The daily view over the window, and how far behind its last refresh is. Sent and delivered are comparable unless an
-- application records one of them by itself: it may count a delivery in the hour it came.
WITH comparable AS (
    SELECT count(*) = 2 AS yes FROM sms_metric_types
    WHERE metric_type IN ('sent_count', 'delivered_count') AND origin = 'derived'
)

SELECT
    metric_date, scheduled_count,
    CASE WHEN comparable.yes THEN sent_count END AS sent_count,
    CASE WHEN comparable.yes THEN delivered_count END AS delivered_count,
    failed_count, cancelled_count,
    CASE WHEN comparable.yes THEN delivery_rate_percent END AS delivery_rate_percent,
    llm_success_rate_percent, opt_out_rate_percent, quiet_hours_rate_percent, p50_delivery_time_ms, p95_delivery_time_ms,
    p50_generation_time_ms, p95_generation_time_ms, llm_cost_usd, sms_cost_usd, active_users, last_refreshed,
    round(extract(EPOCH FROM current_setting('sms_monitoring.now')::timestamptz - last_refreshed) / 60) AS minutes_since_refresh
FROM sms_metrics_daily
CROSS JOIN comparable
WHERE metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
