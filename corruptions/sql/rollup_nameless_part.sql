-- A carrier loses its name and looks like a second whole.
-- caught: full sms_metrics_hourly.dimension_values_fit critical
UPDATE sms_metrics_hourly SET dimension_value = ''
WHERE (metric_date, metric_hour, metric_type, dimension, dimension_value) = (
    SELECT metric_date, metric_hour, metric_type, dimension, dimension_value FROM sms_metrics_hourly
    WHERE metric_date = pg_temp.day_of(72) AND dimension = 'carrier' ORDER BY metric_hour LIMIT 1
);
