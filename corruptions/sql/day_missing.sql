-- A day of the daily rows is lost.
-- caught: full sms_metrics_by_day.days_equal_hours critical
DELETE FROM sms_metrics_by_day WHERE metric_date = pg_temp.day_of(240);
