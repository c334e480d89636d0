-- Back into the queue, each row due again after its own delay.
UPDATE sms_alert_notifications AS n
SET
    status = 'pending', claimed_by = NULL, lease_until = NULL,
    next_attempt_at = clock_timestamp() + c.delay, last_error = %(error)s::text
FROM unnest(%(ids)s::bigint [], %(attempts)s::integer [], %(delays)s::interval []) AS c (id, attempts, delay)
WHERE n.id = c.id AND n.attempts = c.attempts AND n.status = 'sending' AND n.claimed_by = %(worker)s
