-- What one channel still has to deliver: how much of it is due, and when and why the next of the rest is tried.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE next_attempt_at <= now()) AS due,
    min(next_attempt_at) FILTER (WHERE next_attempt_at > now()) AS next_attempt_at,
    (array_agg(last_error ORDER BY next_attempt_at) FILTER (WHERE last_error IS NOT NULL))[1] AS last_error
FROM sms_alert_notifications
WHERE channel = %(channel)s AND (status = 'pending' OR (status = 'sending' AND (lease_until < now() OR claimed_by = %(worker)s)))
