-- The rollup of the LLM's metrics is added to itself.
-- caught: gate hour_metric_types.generation_rollup_equals_raw critical
UPDATE sms_metrics_hourly SET value_sum = 2 * value_sum, value_count = 2 * value_count
WHERE
    metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1)
    AND metric_type IN ('llm_success_count', 'llm_cost_usd', 'template_fallback_count');
