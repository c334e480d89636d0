-- An hour was skipped while the scheduler was down.
-- caught: full sms_aggregated_hours.no_missing_hours critical
DELETE FROM sms_aggregated_hours WHERE family = 'generation' AND metric_hour = pg_temp.hours_back(345);
