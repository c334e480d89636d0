-- Messages of the newest two days that the source tells of more than once, by day: a view that joins too much counts twice.
SELECT scheduled_on, count(*) AS repeated_messages
FROM (
    SELECT min((scheduled_at AT TIME ZONE 'UTC')::date) AS scheduled_on
    FROM source_messages
    WHERE
        scheduled_at >= current_setting('sms_monitoring.window_end')::timestamptz - interval '2 days'
        AND message_id IS NOT NULL
    GROUP BY message_id
    HAVING count(*) > 1
) AS repeated
GROUP BY scheduled_on
