-- Notifications that were given up for good in the last 24 hours, by channel; a person sees a test fail anyway.
-- When that was stands nowhere: it is when its last attempt was due or, given up for its age, when it was 24 hours old.
WITH lost AS (
    SELECT
        channel, last_error,
        CASE WHEN last_error ~ '^given up after [0-9]+ h:' THEN greatest(next_attempt_at, created_at + interval '24 hours')
            ELSE next_attempt_at
        END AS lost_at
    FROM sms_alert_notifications
    WHERE status = 'failed' AND event <> 'test' AND created_at >= %(now)s - interval '72 hours'
)

SELECT
    c.channel AS entity,
    count(l.channel) AS value,
    1 AS sample_size,
    CASE WHEN count(l.channel) > 0 THEN jsonb_build_object(
        'Last error',
        -- It may name who was to be told.
        coalesce(regexp_replace((array_agg(l.last_error ORDER BY l.lost_at DESC))[1], '\+?\m[0-9]{7,15}\M', '‹number›', 'g'), 'none is recorded')
    ) END AS details
FROM sms_notification_channels AS c
LEFT JOIN lost AS l ON l.channel = c.channel AND l.lost_at >= %(now)s - interval '24 hours'
GROUP BY c.channel
