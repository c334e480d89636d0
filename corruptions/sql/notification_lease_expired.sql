-- A sender died hours ago, and nobody took its row over.
-- caught: full sms_alert_notifications.leases_taken_over warning
UPDATE sms_alert_notifications
SET status = 'sending', sent_at = NULL, claimed_by = 'worker', lease_until = now() - interval '5 hours'
WHERE id = (SELECT min(id) FROM sms_alert_notifications);
