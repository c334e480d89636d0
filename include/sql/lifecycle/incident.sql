SELECT id, alert_type, entity, severity, triggered_at, resolved_by
FROM sms_alert_history
WHERE id = %(incident_id)s
