-- An alert type was not judged for half a day.
-- caught: full sms_alert_evaluations.hours_evaluated warning
DELETE FROM sms_alert_evaluations
WHERE alert_type = 'delivery_rate_critical' AND window_end BETWEEN pg_temp.hours_back(20) AND pg_temp.hours_back(9);
