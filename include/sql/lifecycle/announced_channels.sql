-- Where the trigger of an incident went or is going: its end is told there and nowhere else.
SELECT DISTINCT channel
FROM sms_alert_notifications
WHERE incident_id = %(incident_id)s AND event = 'trigger' AND status NOT IN ('suppressed', 'failed')
ORDER BY channel
