-- The outbox is emptied by hand.
-- caught: full sms_alert_history.announced_incidents_told critical
DELETE FROM sms_alert_notifications;
