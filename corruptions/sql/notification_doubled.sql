-- The same is told twice after the index was dropped.
-- caught: full sms_alert_notifications.told_once critical
DROP INDEX sms_alert_notifications_once;
INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message, status, sent_at)
SELECT incident_id, event, channel, dedup_key, message, status, sent_at FROM sms_alert_notifications WHERE status = 'sent';
