-- An hour was aggregated before it was over, and never again.
-- caught: full sms_aggregated_hours.hours_not_cut_short critical
UPDATE sms_aggregated_hours SET aggregated_at = metric_hour + interval '40 minutes'
WHERE family = 'delivery' AND metric_hour = pg_temp.hours_back(50);
