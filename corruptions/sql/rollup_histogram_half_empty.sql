-- Half of a histogram's buckets are lost.
-- caught: full sms_metrics_hourly.histograms_agree critical
UPDATE sms_metrics_hourly SET buckets = '{"200": 1}'
WHERE metric_date = pg_temp.day_of(72) AND metric_hour = pg_temp.hours_back(72) AND metric_type = 'avg_delivery_time_ms';
