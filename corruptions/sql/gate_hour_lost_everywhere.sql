-- The hour is empty in the metrics and in the rollup; the source still has it.
-- caught: gate hour_messages.sent_as_in_source critical
DELETE FROM sms_metrics_hourly WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
DELETE FROM sms_metrics WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
