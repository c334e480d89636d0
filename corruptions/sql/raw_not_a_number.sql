-- A division by zero upstream is stored as NaN, which the CHECK lets through.
-- caught: full sms_metrics.values_sensible critical
UPDATE sms_metrics SET metric_value = 'NaN'
WHERE metric_date = pg_temp.day_of(200) AND metric_hour = pg_temp.hours_back(200) AND metric_type = 'llm_cost_usd';
