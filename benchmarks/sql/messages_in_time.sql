-- Every message as the hourly run right after its hour saw it: what is reported later was not known then.
-- Costs and durations, of which no rate is made, are left out.
CREATE OR REPLACE VIEW source_messages AS
SELECT
    id::text AS message_id,
    user_id::text AS user_id,
    carrier,
    campaign_id AS campaign,
    created_at AS scheduled_at,
    sent_at,
    CASE WHEN delivered_at < date_trunc('hour', sent_at, 'UTC') + interval '1 hour' THEN delivered_at END AS delivered_at,
    CASE
        WHEN sent_at IS NULL OR failed_at < date_trunc('hour', sent_at, 'UTC') + interval '1 hour' THEN failed_at
    END AS failed_at,
    cancelled_at,
    NULL::numeric(12, 6) AS sms_cost_usd,
    updated_at AS changed_at
FROM sms_messages;

CREATE OR REPLACE VIEW source_generations AS
SELECT
    user_id::text AS user_id,
    campaign_id AS campaign,
    created_at AS generated_at,
    generated_via AS outcome,
    NULL::numeric AS duration_ms,
    NULL::numeric(12, 8) AS cost_usd,
    updated_at AS changed_at
FROM sms_messages
WHERE generated_via IS NOT NULL;
