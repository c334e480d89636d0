-- Hold claims for another lease; those that were lost do not come back.
UPDATE sms_alert_notifications AS n
SET lease_until = clock_timestamp() + %(lease)s::interval
FROM unnest(%(ids)s::bigint [], %(attempts)s::integer []) AS c (id, attempts)
WHERE n.id = c.id AND n.attempts = c.attempts AND n.status = 'sending' AND n.claimed_by = %(worker)s
RETURNING n.id
