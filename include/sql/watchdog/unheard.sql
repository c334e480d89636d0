-- Open incidents that were to be told and of which nobody has heard: nothing was delivered, and nothing is just now
-- on its way with somebody else.
SELECT h.id, h.alert_type, h.entity, h.severity, h.message, array_agg(DISTINCT n.channel) AS channels
FROM sms_alert_history AS h
INNER JOIN sms_alert_notifications AS n
    ON n.incident_id = h.id AND n.event IN ('trigger', 'escalate') AND n.status <> 'suppressed'
WHERE h.resolved_at IS NULL AND h.acknowledged_at IS NULL AND h.alert_type = ANY(%(alert_types)s)
GROUP BY h.id
HAVING NOT bool_or(n.status = 'sent' OR (n.status = 'sending' AND n.lease_until > clock_timestamp()))
ORDER BY sms_severity_rank(h.severity) DESC, h.triggered_at ASC, h.id ASC
