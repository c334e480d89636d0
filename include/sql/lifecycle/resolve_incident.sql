-- A person may have resolved it meanwhile: then theirs is the name that stays.
UPDATE sms_alert_history
SET resolved_at = %(now)s, resolved_by = %(resolved_by)s
WHERE id = %(incident_id)s AND resolved_at IS NULL
