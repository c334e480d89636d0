-- A column that lost its NOT NULL gets nulls.
-- caught: full sms_metrics_hourly.no_nulls critical
ALTER TABLE sms_metrics_hourly ALTER COLUMN value_sum DROP NOT NULL;
UPDATE sms_metrics_hourly SET value_sum = NULL WHERE metric_date = pg_temp.day_of(72) AND metric_type = 'llm_cost_usd';
