-- Given up for good.
UPDATE sms_alert_notifications
SET status = 'failed', lease_until = NULL, last_error = %(error)s
WHERE id = %(id)s AND status = 'sending' AND claimed_by = %(worker)s AND attempts = %(attempts)s
