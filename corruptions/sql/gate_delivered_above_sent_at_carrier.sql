-- One carrier's deliveries are booked under another: above 100 % there, right in all.
-- caught: gate hour_dimensions.delivered_at_most_sent critical
UPDATE sms_metrics_hourly SET value_sum = value_sum + 1000, value_count = value_count + 1000
WHERE (metric_date, metric_hour, metric_type, dimension, dimension_value) = (
    SELECT metric_date, metric_hour, metric_type, dimension, dimension_value
    FROM sms_metrics_hourly
    WHERE
        metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1)
        AND metric_type = 'delivered_count' AND dimension = 'carrier'
    ORDER BY dimension_value LIMIT 1
);
