-- A division by zero upstream is stored as NaN, which the CHECK lets through.
-- caught: gate hour_metric_types.generation_values_in_range critical
UPDATE sms_metrics SET metric_value = 'NaN'
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'llm_cost_usd';
