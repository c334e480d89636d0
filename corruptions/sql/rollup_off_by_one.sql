-- A single message is missing from a single hour, two months ago.
-- caught: full sms_metrics_hourly.rollup_equals_raw critical
UPDATE sms_metrics_hourly SET value_sum = value_sum + 1
WHERE (metric_date, metric_hour) = (
    SELECT metric_date, metric_hour FROM sms_metrics_hourly
    WHERE metric_date = pg_temp.day_of(1440) AND metric_type = 'sent_count' AND dimension = 'all' LIMIT 1
) AND metric_type = 'sent_count' AND dimension = 'all';
