-- Delivered. Like every mark, it applies to the very attempt that was claimed and to no later one.
UPDATE sms_alert_notifications
SET status = 'sent', sent_at = clock_timestamp(), lease_until = NULL, last_error = %(note)s::text
WHERE id = %(id)s AND status = 'sending' AND claimed_by = %(worker)s AND attempts = %(attempts)s
