-- A failed join leaves messages without a user.
-- caught: full source_messages.users_known warning
SELECT pg_temp.rewrap_view(
    'source_messages',
    'SELECT message_id, CASE WHEN scheduled_at < now() - interval ''12 hours'' THEN user_id END AS user_id, carrier, campaign,'
    ' scheduled_at, sent_at, delivered_at, failed_at, cancelled_at, sms_cost_usd, changed_at FROM (%s) AS v'
);
