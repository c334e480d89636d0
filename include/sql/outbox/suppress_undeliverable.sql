-- Nobody is told of the end of what they were never told of: what follows a beginning that will never be delivered.
WITH orphan AS MATERIALIZED (
    SELECT n.id
    FROM sms_alert_notifications AS n
    WHERE
        n.channel = %(channel)s AND n.event IN ('repeat', 'acknowledge', 'resolve') AND n.status = 'pending'
        AND NOT EXISTS (
            SELECT 1
            FROM sms_alert_notifications AS t
            WHERE
                t.incident_id = n.incident_id AND t.channel = n.channel AND t.event IN ('trigger', 'escalate')
                AND t.status IN ('pending', 'sending', 'sent')
        )
    FOR UPDATE OF n SKIP LOCKED
)

UPDATE sms_alert_notifications AS n
SET status = 'suppressed', suppressed_reason = 'trigger_not_delivered'
FROM orphan
WHERE n.id = orphan.id
