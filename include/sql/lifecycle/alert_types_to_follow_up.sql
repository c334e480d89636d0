-- Alert types with an incident that is open, or that ended lately and whose end may still have to be told.
SELECT DISTINCT alert_type
FROM sms_alert_history
WHERE resolved_at IS NULL OR resolved_at >= %(ended_since)s
ORDER BY alert_type
