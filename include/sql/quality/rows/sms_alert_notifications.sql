-- The notifications of the window, without what they say.
SELECT
    n.id, n.incident_id::text AS incident_id, n.event, n.channel, n.sequence, n.status, n.attempts, n.created_at,
    (n.status = 'sent') = (n.sent_at IS NOT NULL) AS sent_time_fits,
    (n.status = 'suppressed') = (n.suppressed_reason IS NOT NULL) AS reason_fits,
    n.event IN ('test', 'notice') OR h.id IS NOT NULL AS incident_is_known,
    c.channel AS known_channel,
    length(n.dedup_key) AS key_length,
    -- A lease that ran out is taken over within minutes by whoever dispatches next.
    CASE WHEN n.status = 'sending' THEN
        round(greatest(extract(EPOCH FROM current_setting('sms_monitoring.now')::timestamptz - n.lease_until) / 3600, 0), 1)
    END AS hours_since_lease
FROM sms_alert_notifications AS n
LEFT JOIN sms_alert_history AS h ON h.id = n.incident_id
LEFT JOIN sms_notification_channels AS c ON c.channel = n.channel
WHERE n.created_at >= current_setting('sms_monitoring.window_start')::timestamptz
