-- Users are counted once an hour, not once a day.
-- caught: full sms_metrics_by_day.active_users_exact critical
UPDATE sms_active_users_by_day SET active_users = 3 * active_users WHERE metric_date = pg_temp.day_of(240);
