-- A batch job writes averages where counts belong.
-- caught: full sms_metrics.counts_whole critical
UPDATE sms_metrics SET metric_value = 0.5
WHERE metric_date = pg_temp.day_of(400) AND metric_hour = pg_temp.hours_back(400) AND metric_type = 'scheduled_count';
