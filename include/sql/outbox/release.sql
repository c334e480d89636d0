-- Hand claims back as if they had never been made: the fault lies with the configuration, not with these rows.
UPDATE sms_alert_notifications AS n
SET status = 'pending', claimed_by = NULL, lease_until = NULL, attempts = n.attempts - 1, last_error = %(error)s::text
FROM unnest(%(ids)s::bigint [], %(attempts)s::integer []) AS c (id, attempts)
WHERE n.id = c.id AND n.attempts = c.attempts AND n.status = 'sending' AND n.claimed_by = %(worker)s
