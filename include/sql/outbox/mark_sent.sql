-- Delivered. Like every mark, it applies to the very attempts that were claimed and to no later ones.
UPDATE sms_alert_notifications AS n
SET status = 'sent', sent_at = clock_timestamp(), lease_until = NULL, last_error = %(note)s::text
FROM unnest(%(ids)s::bigint [], %(attempts)s::integer []) AS c (id, attempts)
WHERE n.id = c.id AND n.attempts = c.attempts AND n.status = 'sending' AND n.claimed_by = %(worker)s
