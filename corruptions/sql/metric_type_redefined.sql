-- Somebody declares delivery times a counter.
-- caught: full sms_metric_types.shipped_types_unchanged critical
UPDATE sms_metric_types SET kind = 'counter' WHERE metric_type = 'avg_delivery_time_ms';
