-- One row an event of a user: 'opt_out', 'quiet_hours_skip', 'daily_limit_hit'.
CREATE VIEW source_engagement AS
SELECT
    user_id::text AS user_id,
    NULL::text AS campaign,
    'opt_out' AS event,
    opted_out_at AS occurred_at,
    updated_at AS changed_at
FROM user_sms_preferences
WHERE opted_out_at IS NOT NULL
UNION ALL
SELECT user_id::text, campaign_id, 'quiet_hours_skip', quiet_hours_skipped_at, updated_at
FROM sms_messages
WHERE quiet_hours_skipped_at IS NOT NULL
UNION ALL
SELECT user_id::text, campaign_id, 'daily_limit_hit', cancelled_at, updated_at
FROM sms_messages
WHERE cancelled_at IS NOT NULL AND cancellation_reason = 'daily_limit';
