-- Where each entity of an alert type stands, and what has been said about it.
-- An incident that a person resolved meanwhile is no longer open.
SELECT
    s.entity, s.state, s.since, h.id AS incident_id, s.evaluated_through,
    EXISTS (
        SELECT 1 FROM sms_alert_notifications AS n
        WHERE n.incident_id = h.id AND n.event = 'trigger' AND n.status <> 'suppressed'
    ) AS announced,
    s.last_announced_at
FROM sms_alert_state AS s
LEFT JOIN sms_alert_history AS h ON h.id = s.incident_id AND h.resolved_at IS NULL
WHERE s.alert_type = %(alert_type)s
ORDER BY s.entity
