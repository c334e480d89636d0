-- Hand a claim back as if it had never been made: the fault lies with the configuration, not with this row.
UPDATE sms_alert_notifications
SET status = 'pending', claimed_by = NULL, lease_until = NULL, attempts = attempts - 1, last_error = %(error)s
WHERE id = %(id)s AND status = 'sending' AND claimed_by = %(worker)s AND attempts = %(attempts)s
