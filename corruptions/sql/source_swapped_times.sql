-- Send and delivery change places in the view.
-- caught: full source_messages.delivered_after_sent warning
SELECT pg_temp.rewrap_view(
    'source_messages',
    'SELECT message_id, user_id, carrier, campaign, scheduled_at, delivered_at - interval ''5 minutes'' AS sent_at,'
    ' sent_at - interval ''5 minutes'' AS delivered_at, failed_at, cancelled_at, sms_cost_usd, changed_at FROM (%s) AS v'
);
