-- Rows carry the minute in which they were written.
-- caught: full sms_metrics.hours_whole critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_hour_in_date;
UPDATE sms_metrics SET metric_hour = metric_hour + interval '13 minutes'
WHERE metric_date = pg_temp.day_of(60) AND metric_hour = pg_temp.hours_back(60);
