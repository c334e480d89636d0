-- Every channel, who uses it, and how its deliveries fare.
SELECT
    c.channel, c.description, c.fallback_channel, c.carries_acknowledgements,
    ARRAY(
        SELECT t.alert_type FROM sms_alert_thresholds AS t
        WHERE t.enabled AND (c.channel IN (t.notification_channel, t.escalation_channel) OR c.channel = ANY(t.additional_channels))
        ORDER BY t.alert_type
    ) AS in_use_by,
    n.last_sent_at,
    coalesce(n.waiting, 0) AS waiting,
    coalesce(n.failed_24h, 0) AS failed_24h,
    failure.last_error
FROM sms_notification_channels AS c
LEFT JOIN (
    SELECT
        channel,
        max(sent_at) AS last_sent_at,
        count(*) FILTER (WHERE status IN ('pending', 'sending')) AS waiting,
        count(*) FILTER (WHERE status = 'failed' AND created_at > now() - interval '24 hours') AS failed_24h,
        max(id) FILTER (WHERE status <> 'sent' AND last_error IS NOT NULL) AS failure_id
    FROM sms_alert_notifications
    GROUP BY channel
) AS n ON c.channel = n.channel
-- What was delivered since is the better news.
LEFT JOIN LATERAL (
    SELECT f.last_error FROM sms_alert_notifications AS f
    WHERE f.id = n.failure_id AND (n.last_sent_at IS NULL OR f.created_at > n.last_sent_at OR f.status <> 'failed')
) AS failure ON true
ORDER BY c.channel
