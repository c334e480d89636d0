-- Sum and count change places.
-- caught: full sms_metrics_hourly.histograms_agree critical
UPDATE sms_metrics_hourly SET value_sum = value_count, value_count = value_sum::bigint
WHERE metric_date = pg_temp.day_of(500) AND metric_type = 'avg_delivery_time_ms';
