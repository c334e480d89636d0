-- Rows carry the minute in which they were written.
-- caught: full sms_metrics_hourly.hours_whole critical
UPDATE sms_metrics_hourly SET metric_hour = metric_hour + interval '30 minutes'
WHERE metric_date = pg_temp.day_of(72) AND metric_hour = pg_temp.hours_back(72);
