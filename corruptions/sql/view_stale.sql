-- Days were rebuilt, and the view was not refreshed since.
-- caught: full sms_metrics_daily.view_equals_days critical
UPDATE sms_metrics_by_day SET value_sum = value_sum + 100, value_count = value_count + 100
WHERE metric_date = pg_temp.day_of(24) AND metric_type IN ('sent_count', 'delivered_count');
