-- Nobody waits for the back-off of a channel that works again.
UPDATE sms_alert_notifications SET next_attempt_at = now() WHERE status = 'pending' AND next_attempt_at > now()
