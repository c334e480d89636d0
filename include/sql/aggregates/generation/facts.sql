-- Facts of source_generations, in the hour the text was produced. Only the LLM has a generation time and a cost.
INSERT INTO sms_facts (metric_hour, user_id, metric_type, value, campaign, changed_at)
SELECT date_trunc('hour', generated_at, 'UTC'), user_id, fact.metric_type, fact.value, campaign, changed_at
FROM source_generations
CROSS JOIN LATERAL (
    VALUES
    ('llm_success_count', CASE WHEN outcome = 'llm' THEN 1::numeric END),
    ('template_fallback_count', CASE WHEN outcome = 'template' THEN 1 END),
    ('avg_generation_time_ms', CASE WHEN outcome = 'llm' THEN round(duration_ms) END),
    ('llm_cost_usd', cost_usd)
) AS fact (metric_type, value)
WHERE
    generated_at >= %(window_start)s AND generated_at < %(window_end)s
    AND fact.value IS NOT NULL
