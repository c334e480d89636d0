-- Given up for good, each row for its own reason.
UPDATE sms_alert_notifications AS n
SET status = 'failed', lease_until = NULL, last_error = c.error
FROM unnest(%(ids)s::bigint [], %(attempts)s::integer [], %(errors)s::text []) AS c (id, attempts, error)
WHERE n.id = c.id AND n.attempts = c.attempts AND n.status = 'sending' AND n.claimed_by = %(worker)s
RETURNING n.id
