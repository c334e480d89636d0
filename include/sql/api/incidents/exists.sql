SELECT 1 AS found FROM sms_alert_history WHERE id = %(incident_id)s
