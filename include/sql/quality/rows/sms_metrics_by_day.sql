-- The days of the window, with their distinct users.
SELECT
    d.metric_date, d.metric_type, t.kind, d.value_sum, d.value_count,
    (t.kind = 'duration') = (d.buckets IS NOT NULL) AS has_right_histogram,
    d.p50, d.p95, u.active_users
FROM sms_metrics_by_day AS d
LEFT JOIN sms_metric_types AS t ON t.metric_type = d.metric_type
LEFT JOIN sms_active_users_by_day AS u ON u.metric_date = d.metric_date
WHERE d.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
