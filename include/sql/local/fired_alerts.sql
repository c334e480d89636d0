-- Every incident opened so far, with what became of its trigger notifications; null where it has none.
SELECT
    incident.alert_type,
    incident.severity,
    incident.message,
    notification.channel,
    notification.status,
    coalesce(notification.last_error, notification.suppressed_reason) AS note
FROM sms_alert_history AS incident
LEFT JOIN sms_alert_notifications AS notification
    ON notification.incident_id = incident.id AND notification.event = 'trigger'
ORDER BY incident.triggered_at, incident.alert_type, notification.channel
