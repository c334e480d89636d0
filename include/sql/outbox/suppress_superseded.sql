-- What is no longer true is not said: that an incident lasts, was escalated or acknowledged, once it is over; that it
-- lasts, once somebody looks after it or it is said again anyway. An escalation that was tried may have got through:
-- it stands, so that its end follows it. Each repeat of notification_failed tells of other notifications.
WITH superseded AS MATERIALIZED (
    SELECT n.id
    FROM sms_alert_notifications AS n
    INNER JOIN sms_alert_history AS h ON n.incident_id = h.id
    WHERE
        n.channel = %(channel)s AND n.status = 'pending' AND n.event IN ('repeat', 'escalate', 'acknowledge')
        AND h.alert_type <> 'notification_failed'
        AND CASE n.event
            WHEN 'repeat' THEN
                h.resolved_at IS NOT NULL OR h.acknowledged_at IS NOT NULL
                OR EXISTS (
                    SELECT 1
                    FROM sms_alert_notifications AS later
                    WHERE
                        later.incident_id = n.incident_id AND later.channel = n.channel AND later.event = 'repeat'
                        AND later.sequence > n.sequence AND later.status NOT IN ('suppressed', 'failed')
                )
            WHEN 'escalate' THEN h.resolved_at IS NOT NULL AND n.attempts = 0
            ELSE h.resolved_at IS NOT NULL
        END
    FOR UPDATE OF n SKIP LOCKED
)

UPDATE sms_alert_notifications AS n
SET status = 'suppressed', suppressed_reason = 'superseded'
FROM superseded AS s
WHERE n.id = s.id
