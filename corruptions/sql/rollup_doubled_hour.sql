-- The rollup of an hour is added to itself.
-- caught: full sms_metrics_hourly.rollup_equals_raw critical
UPDATE sms_metrics_hourly SET value_sum = 2 * value_sum, value_count = 2 * value_count
WHERE metric_date = pg_temp.day_of(800) AND metric_hour = pg_temp.hours_back(800);
