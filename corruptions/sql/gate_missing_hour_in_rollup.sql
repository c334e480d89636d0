-- The rollup of the hour is lost; the users' rows are there.
-- caught: gate hour_metric_types.delivery_rollup_equals_raw critical
DELETE FROM sms_metrics_hourly WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
