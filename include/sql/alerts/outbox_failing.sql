-- Notifications that wait for another attempt after three or more, by channel.
SELECT
    c.channel AS entity,
    count(n.id) AS value,
    1 AS sample_size,
    CASE WHEN count(n.id) > 0 THEN jsonb_build_object(
        'Attempts', max(n.attempts),
        'Last error',
        -- It may name who was to be told.
        regexp_replace((array_agg(n.last_error ORDER BY n.next_attempt_at DESC))[1], '\+?\m[0-9]{7,15}\M', '‹number›', 'g')
    ) END AS details
FROM sms_notification_channels AS c
LEFT JOIN sms_alert_notifications AS n
    ON n.channel = c.channel AND n.status IN ('pending', 'sending') AND n.attempts >= 3 AND n.last_error IS NOT NULL
GROUP BY c.channel
