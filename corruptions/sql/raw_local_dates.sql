-- A client in another time zone writes local dates: rows lie in the partition of the day before.
-- caught: full sms_metrics.hours_in_their_date critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_hour_in_date;
UPDATE sms_metrics SET metric_date = metric_date - 1
WHERE metric_date = pg_temp.day_of(240) AND metric_hour = pg_temp.hours_back(240);
