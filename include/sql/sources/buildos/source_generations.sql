-- One row a message text that was produced: outcome 'llm', or 'template' where the LLM failed.
CREATE VIEW source_generations AS
SELECT
    user_id::text AS user_id,
    campaign_id AS campaign,
    created_at AS generated_at,
    generated_via AS outcome,
    generation_time_ms::numeric AS duration_ms,
    generation_cost_usd AS cost_usd,
    updated_at AS changed_at
FROM sms_messages
WHERE generated_via IS NOT NULL;
