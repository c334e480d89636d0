-- Every retry of the LLM is counted as a text of its own, in the metrics and in the rollup alike.
-- caught: gate hour_generations.written_known_to_source warning
UPDATE sms_metrics_hourly SET value_sum = 9 * value_sum
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'llm_success_count';
UPDATE sms_metrics SET metric_value = 9 * metric_value
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type = 'llm_success_count';
