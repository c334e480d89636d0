-- Where each entity of an alert type stands, and what has been said about it.
-- ended_incident_id: one that a person has resolved since; it is no longer open, and its end is still to be told.
SELECT
    s.entity, s.state, s.since, s.last_announced_at, s.evaluated_through,
    CASE WHEN h.resolved_at IS NULL THEN h.id END AS incident_id,
    CASE WHEN h.resolved_at IS NOT NULL THEN h.id END AS ended_incident_id,
    -- A trigger that failed for good has told nobody.
    EXISTS (
        SELECT 1 FROM sms_alert_notifications AS n
        WHERE n.incident_id = h.id AND n.event = 'trigger' AND n.status NOT IN ('suppressed', 'failed')
    ) AS announced
FROM sms_alert_state AS s
LEFT JOIN sms_alert_history AS h ON h.id = s.incident_id
WHERE s.alert_type = %(alert_type)s
ORDER BY s.entity
