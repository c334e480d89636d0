-- A new dimension that nothing reads.
-- caught: full sms_metrics_hourly.dimensions_known warning
UPDATE sms_metrics_hourly SET dimension = 'carier' WHERE metric_date = pg_temp.day_of(72) AND dimension = 'carrier';
