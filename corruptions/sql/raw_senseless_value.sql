-- A time in nanoseconds since 1970 is stored as a delivery time.
-- caught: full sms_metrics.values_sensible critical
UPDATE sms_metrics SET metric_value = 1764000000000000000
WHERE metric_date = pg_temp.day_of(200) AND metric_hour = pg_temp.hours_back(200) AND metric_type = 'avg_delivery_time_ms';
