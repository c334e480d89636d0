-- Every row as it stands.
SELECT id, event, channel, dedup_key, status, suppressed_reason, attempts, last_error
FROM sms_alert_notifications
ORDER BY id
