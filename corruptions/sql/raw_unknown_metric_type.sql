-- A typing error in an application makes a metric type that nobody knows.
-- caught: full sms_metrics.metric_types_known critical
INSERT INTO sms_metrics (metric_date, metric_hour, metric_type, metric_value)
VALUES (pg_temp.day_of(700), pg_temp.hours_back(700), 'delivred_count', 12);
