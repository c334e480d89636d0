-- An application's clock is a day ahead.
-- caught: full sms_metrics.no_future_hours critical
INSERT INTO sms_metrics (metric_date, metric_hour, metric_type, metric_value)
VALUES (pg_temp.day_of(-26), pg_temp.hours_back(-26), 'opt_out_count', 4);
