-- A faulty import leaves changed_at empty.
-- caught: full source_messages.changes_dated critical
SELECT pg_temp.rewrap_view(
    'source_messages',
    'SELECT message_id, user_id, carrier, campaign, scheduled_at, sent_at, delivered_at, failed_at, cancelled_at, sms_cost_usd,'
    ' CASE WHEN scheduled_at < now() - interval ''6 hours'' THEN changed_at END AS changed_at FROM (%s) AS v'
);
