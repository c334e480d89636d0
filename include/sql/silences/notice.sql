-- A row if this notice was put into the outbox for the channel, and not given up.
SELECT true AS is_told
WHERE EXISTS (
    SELECT 1 FROM sms_alert_notifications
    WHERE event = 'notice' AND channel = %(channel)s AND dedup_key = %(dedup_key)s AND status <> 'failed'
)
