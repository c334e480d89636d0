-- Windows are judged before they are over.
-- caught: full sms_alert_evaluations.windows_were_over critical
UPDATE sms_alert_evaluations SET evaluated_at = window_end - interval '10 minutes' WHERE window_end = pg_temp.hours_back(5);
