-- A person may have escalated it before: then theirs is the name that stays.
UPDATE sms_alert_history
SET escalated_at = %(now)s, escalated_by = %(escalated_by)s, escalated_to = %(channel)s
WHERE id = %(incident_id)s AND escalated_at IS NULL
