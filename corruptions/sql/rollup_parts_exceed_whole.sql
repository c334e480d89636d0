-- A carrier's traffic is counted three times.
-- caught: full sms_metrics_hourly.dimensions_within_all critical
UPDATE sms_metrics_hourly SET value_sum = 3 * value_sum, value_count = 3 * value_count
WHERE metric_date = pg_temp.day_of(72) AND metric_type = 'sent_count' AND dimension = 'carrier';
