-- Channels that have something to deliver now.
SELECT DISTINCT channel
FROM sms_alert_notifications
WHERE
    status IN ('pending', 'sending') AND next_attempt_at <= now()
    AND (status = 'pending' OR lease_until < now())
ORDER BY channel
