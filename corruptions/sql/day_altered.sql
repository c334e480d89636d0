-- A day's total is edited by hand.
-- caught: full sms_metrics_by_day.days_equal_hours critical
UPDATE sms_metrics_by_day SET value_sum = value_sum + 100
WHERE metric_date = pg_temp.day_of(240) AND metric_type = 'sent_count';
