-- Minutes for which the oldest notification that could go out has been waiting, by channel; 0 where nothing does.
-- What follows the beginning of an incident waits for that, as in outbox/claim.sql, and is not stuck by it.
WITH due AS (
    SELECT n.channel, greatest(n.next_attempt_at, n.lease_until) AS due_since
    FROM sms_alert_notifications AS n
    WHERE
        n.status IN ('pending', 'sending')
        AND n.next_attempt_at <= %(now)s
        AND (n.status = 'pending' OR n.lease_until < %(now)s)
        AND (
            n.event IN ('trigger', 'test', 'notice')
            OR (
                n.event = 'escalate'
                AND NOT EXISTS (
                    SELECT 1
                    FROM sms_alert_notifications AS t
                    WHERE
                        t.incident_id = n.incident_id AND t.channel = n.channel AND t.event = 'trigger'
                        AND t.status IN ('pending', 'sending')
                )
            )
            OR (
                n.event IN ('repeat', 'acknowledge', 'resolve')
                AND EXISTS (
                    SELECT 1
                    FROM sms_alert_notifications AS t
                    WHERE
                        t.incident_id = n.incident_id AND t.channel = n.channel
                        AND t.event IN ('trigger', 'escalate') AND t.status = 'sent'
                )
                AND NOT (
                    n.event = 'resolve'
                    AND EXISTS (
                        SELECT 1
                        FROM sms_alert_notifications AS o
                        WHERE
                            o.incident_id = n.incident_id AND o.channel = n.channel AND o.event <> 'resolve'
                            AND o.status IN ('pending', 'sending')
                    )
                )
            )
        )
)

SELECT
    c.channel AS entity,
    coalesce(round(extract(EPOCH FROM %(now)s - min(d.due_since)) / 60), 0) AS value,
    count(*) AS sample_size,
    jsonb_build_object('Notifications due', count(d.channel)) AS details
FROM sms_notification_channels AS c
LEFT JOIN due AS d ON d.channel = c.channel
GROUP BY c.channel
