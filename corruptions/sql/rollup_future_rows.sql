-- A rollup for tomorrow.
-- caught: full sms_metrics_hourly.no_future_hours critical
INSERT INTO sms_metrics_hourly (metric_date, metric_hour, metric_type, value_sum, value_count)
VALUES (pg_temp.day_of(-26), pg_temp.hours_back(-26), 'opt_out_count', 4, 4);
