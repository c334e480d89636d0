-- The channel delivers again.
UPDATE sms_alert_history
SET resolved_at = clock_timestamp(), resolved_by = %(resolved_by)s
WHERE id = %(incident_id)s AND resolved_at IS NULL
RETURNING id, alert_type, entity, severity, triggered_at, resolved_by, resolved_at
