-- One row a message. Times are when each thing happened, null where it did not (yet).
CREATE VIEW source_messages AS
SELECT
    id::text AS message_id,
    user_id::text AS user_id,
    carrier,
    campaign_id AS campaign,
    created_at AS scheduled_at,
    sent_at,
    delivered_at,
    failed_at,
    cancelled_at,
    sms_cost_usd,
    updated_at AS changed_at
FROM sms_messages;
