-- One row a day of the newest two: how many events of the source are wrong in which way.
SELECT
    (occurred_at AT TIME ZONE 'UTC')::date AS occurred_on,
    count(*) AS events,
    count(*) FILTER (WHERE event IS NULL) AS nameless,
    count(*) FILTER (WHERE changed_at IS NULL) AS without_change_time,
    count(*) FILTER (WHERE user_id IS NULL) AS without_user,
    count(*) FILTER (WHERE occurred_at > current_setting('sms_monitoring.now')::timestamptz + interval '5 minutes')
        AS in_the_future
FROM source_engagement
WHERE
    occurred_at >= current_setting('sms_monitoring.window_end')::timestamptz - interval '2 days'
GROUP BY 1
