-- The hour is counted twice in the metrics and in the rollup alike.
-- caught: gate hour_messages.sent_known_to_source warning
UPDATE sms_metrics_hourly SET value_sum = 2 * value_sum, value_count = 2 * value_count
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
UPDATE sms_metrics SET metric_value = 2 * metric_value, sample_count = 2 * sample_count
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
