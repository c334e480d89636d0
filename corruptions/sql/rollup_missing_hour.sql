-- The rollup of an hour is lost; the users' rows are there.
-- caught: full sms_metrics_hourly.rollup_equals_raw critical
DELETE FROM sms_metrics_hourly WHERE metric_date = pg_temp.day_of(1000) AND metric_hour = pg_temp.hours_back(1000);
