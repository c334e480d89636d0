-- Give up what could not even be tried, because the channel as a whole is out of order, for too long.
-- What waits for the beginning of its incident to be told waits for that, not for the channel.
WITH old AS MATERIALIZED (
    SELECT n.id
    FROM sms_alert_notifications AS n
    WHERE
        n.channel = %(channel)s AND n.status = 'pending' AND n.created_at < clock_timestamp() - %(max_age)s::interval
        AND (
            n.event NOT IN ('repeat', 'acknowledge', 'resolve')
            OR EXISTS (
                SELECT 1
                FROM sms_alert_notifications AS t
                WHERE
                    t.incident_id = n.incident_id AND t.channel = n.channel AND t.event IN ('trigger', 'escalate')
                    AND t.status = 'sent'
            )
        )
    FOR UPDATE OF n SKIP LOCKED
)

UPDATE sms_alert_notifications AS n
SET status = 'failed', last_error = %(error)s::text
FROM old
WHERE n.id = old.id
RETURNING n.id, n.message
