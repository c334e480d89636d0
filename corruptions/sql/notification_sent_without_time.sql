-- Rows are marked sent by hand, without a time.
-- caught: full sms_alert_notifications.sent_has_a_time critical
ALTER TABLE sms_alert_notifications DROP CONSTRAINT sms_alert_notifications_check1;
UPDATE sms_alert_notifications SET sent_at = NULL WHERE status = 'sent';
