-- Rows under the date of the day after.
-- caught: full sms_metrics_hourly.hours_in_their_date critical
UPDATE sms_metrics_hourly SET metric_date = metric_date + 1
WHERE metric_date = pg_temp.day_of(72) AND metric_hour = pg_temp.hours_back(72);
