-- Keys of the rollup that stand in more than one row.
SELECT metric_date, metric_hour, metric_type, dimension, dimension_value, count(*) AS row_count
FROM sms_metrics_hourly
WHERE metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
GROUP BY metric_date, metric_hour, metric_type, dimension, dimension_value
HAVING count(*) > 1
