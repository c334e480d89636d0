-- An import by hand adds opt-outs that the product knows nothing of.
-- caught: gate hour_engagement.opt_outs_known_to_source warning
DELETE FROM sms_metrics
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'opt_out_count';
INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)
SELECT pg_temp.day_of(1), pg_temp.hours_back(1), 'import-' || n, 'opt_out_count', 1 FROM generate_series(1, 30) AS n;
INSERT INTO sms_metrics_hourly (metric_date, metric_hour, metric_type, value_sum, value_count)
VALUES (pg_temp.day_of(1), pg_temp.hours_back(1), 'opt_out_count', 30, 30)
ON CONFLICT (metric_date, metric_hour, metric_type, dimension, dimension_value) DO UPDATE
SET value_sum = excluded.value_sum, value_count = excluded.value_count;
