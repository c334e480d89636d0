-- Back into the queue, due again after the delay.
UPDATE sms_alert_notifications
SET
    status = 'pending', claimed_by = NULL, lease_until = NULL,
    next_attempt_at = clock_timestamp() + %(delay)s::interval, last_error = %(error)s
WHERE id = %(id)s AND status = 'sending' AND claimed_by = %(worker)s AND attempts = %(attempts)s
