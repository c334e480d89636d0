-- A correction is booked as a negative cost.
-- caught: gate hour_metric_types.delivery_values_in_range critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_metric_value_check;
UPDATE sms_metrics SET metric_value = -metric_value - 1
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'sms_cost_usd';
