-- A batch job writes averages where counts belong.
-- caught: gate hour_metric_types.delivery_counts_whole critical
UPDATE sms_metrics SET metric_value = metric_value + 0.4
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'scheduled_count';
