-- An application sends an empty user id.
-- caught: full sms_metrics.user_ids_not_empty warning
INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)
VALUES (pg_temp.day_of(90), pg_temp.hours_back(90), '', 'opt_out_count', 1);
