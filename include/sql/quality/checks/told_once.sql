-- What was told more than once: the same event of the same incident in the same channel.
SELECT incident_id::text AS incident_id, channel, event, sequence, count(*) AS times
FROM sms_alert_notifications
WHERE
    created_at >= current_setting('sms_monitoring.window_start')::timestamptz
    AND incident_id IS NOT NULL AND status NOT IN ('suppressed', 'failed')
GROUP BY incident_id, channel, event, sequence
HAVING count(*) > 1
