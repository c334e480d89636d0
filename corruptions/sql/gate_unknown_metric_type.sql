-- A typing error in an application makes a metric type that nobody knows.
-- caught: gate hour_metric_types.metric_types_known critical
INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value)
VALUES (pg_temp.day_of(1), pg_temp.hours_back(1), NULL, 'sent_cuont', 3);
