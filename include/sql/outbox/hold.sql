-- The channel as a whole cannot deliver: say why on every row that waits, and let none go out before the pause is over.
WITH waiting AS MATERIALIZED (
    SELECT id
    FROM sms_alert_notifications
    WHERE
        channel = %(channel)s AND status = 'pending'
        AND (
            last_error IS DISTINCT FROM %(error)s::text
            OR next_attempt_at < clock_timestamp() + %(pause)s::interval
        )
    FOR UPDATE SKIP LOCKED
)

UPDATE sms_alert_notifications AS n
SET
    last_error = %(error)s::text,
    next_attempt_at = CASE
        WHEN %(pause)s::interval IS NULL THEN n.next_attempt_at
        ELSE greatest(n.next_attempt_at, clock_timestamp() + %(pause)s::interval)
    END
FROM waiting
WHERE n.id = waiting.id
