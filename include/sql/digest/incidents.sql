-- Incidents that were open at any time in the day, the oldest first.
SELECT alert_type, entity, severity, triggered_at, resolved_at, message
FROM sms_alert_history
WHERE triggered_at < %(ends_at)s AND (resolved_at IS NULL OR resolved_at > %(starts_at)s)
ORDER BY triggered_at, alert_type, entity
