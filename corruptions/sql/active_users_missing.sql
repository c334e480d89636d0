-- A day's distinct users were not counted.
-- caught: full sms_metrics_by_day.active_users_known critical
DELETE FROM sms_active_users_by_day WHERE metric_date = pg_temp.day_of(240);
