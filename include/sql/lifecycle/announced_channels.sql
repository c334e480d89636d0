-- Where the beginning of an incident was told or is being told: its end is told there and nowhere else.
SELECT DISTINCT channel
FROM sms_alert_notifications
WHERE incident_id = %(incident_id)s AND event IN ('trigger', 'escalate') AND status NOT IN ('suppressed', 'failed')
ORDER BY channel
