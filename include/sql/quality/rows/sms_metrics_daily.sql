-- The daily view over the window, and how far behind its last refresh is.
SELECT
    metric_date, scheduled_count, sent_count, delivered_count, failed_count, cancelled_count, delivery_rate_percent,
    llm_success_rate_percent, opt_out_rate_percent, quiet_hours_rate_percent, p50_delivery_time_ms, p95_delivery_time_ms,
    p50_generation_time_ms, p95_generation_time_ms, llm_cost_usd, sms_cost_usd, active_users, last_refreshed,
    round(extract(EPOCH FROM current_setting('sms_monitoring.now')::timestamptz - last_refreshed) / 60) AS minutes_since_refresh
FROM sms_metrics_daily
WHERE metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
