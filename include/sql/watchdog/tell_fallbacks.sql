-- What is said about a channel is said in its fallback channel too: the beginning of each open incident whose entity is
-- a channel, wherever it was put into the outbox and not held back. Its end follows it there by itself.
INSERT INTO sms_alert_notifications (incident_id, event, sequence, channel, dedup_key, message)
SELECT h.id, told.event, told.sequence, c.fallback_channel, told.dedup_key, told.message
FROM sms_alert_history AS h
INNER JOIN sms_notification_channels AS c ON c.channel = h.entity AND c.fallback_channel <> c.channel
CROSS JOIN LATERAL (
    SELECT n.event, n.sequence, n.dedup_key, n.message
    FROM sms_alert_notifications AS n
    WHERE n.incident_id = h.id AND n.event = 'trigger' AND n.status <> 'suppressed'
    ORDER BY n.id DESC
    LIMIT 1
) AS told
WHERE
    h.resolved_at IS NULL AND h.alert_type = ANY(%(alert_types)s)
    -- Also where it failed there: the follow-up tries that anew.
    AND NOT EXISTS (
        SELECT 1
        FROM sms_alert_notifications AS there
        WHERE
            there.incident_id = h.id AND there.channel = c.fallback_channel AND there.event IN ('trigger', 'escalate')
            AND there.status <> 'suppressed'
    )
ON CONFLICT DO NOTHING
