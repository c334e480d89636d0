-- Channels of which an incident said that something was not delivered there.
SELECT DISTINCT entity FROM sms_alert_history WHERE alert_type = 'notification_failed'
