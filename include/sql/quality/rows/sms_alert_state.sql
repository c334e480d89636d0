-- Where each alert stands, beside the incident that it names.
SELECT
    s.alert_type, s.entity, s.state, s.since, s.evaluated_through,
    greatest(extract(EPOCH FROM s.evaluated_through - current_setting('sms_monitoring.now')::timestamptz), 0)
        AS evaluated_seconds_ahead,
    s.state NOT IN ('firing', 'recovering') OR h.id IS NOT NULL AS incident_is_known,
    s.breaches, s.healthy
FROM sms_alert_state AS s
LEFT JOIN sms_alert_history AS h ON h.id = s.incident_id AND h.alert_type = s.alert_type AND h.entity = s.entity
