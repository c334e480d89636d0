UPDATE sms_alert_history SET reminded_at = %(now)s, reminders = %(reminders)s WHERE id = %(incident_id)s
