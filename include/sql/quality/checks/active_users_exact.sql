-- Days whose distinct users are not those of sms_metrics.
SELECT day.metric_date, counted.users AS users_counted, u.active_users AS users_stored
FROM generate_series(
    (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)::timestamp,
    (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)::timestamp, interval '1 day'
) AS day (metric_date)
CROSS JOIN LATERAL (
    SELECT count(*) AS users
    FROM (
        SELECT m.user_id FROM sms_metrics AS m
        WHERE m.metric_date = day.metric_date::date AND m.user_id IS NOT NULL
        GROUP BY m.user_id
    ) AS seen
) AS counted
LEFT JOIN sms_active_users_by_day AS u ON u.metric_date = day.metric_date::date
WHERE
    counted.users <> coalesce(u.active_users, 0)
    AND day.metric_date >= coalesce(
        (SELECT p.dropped_before FROM sms_retention_policies AS p WHERE p.table_name = 'sms_metrics'), '-infinity'
    )
    AND NOT EXISTS (SELECT 1 FROM sms_dirty_days AS d WHERE d.metric_date = day.metric_date::date)
    -- Today's are counted once an hour; applications record in between.
    AND NOT EXISTS (
        SELECT 1 FROM sms_dirty_hours AS d
        WHERE d.metric_hour >= day.metric_date AT TIME ZONE 'UTC' AND d.metric_hour < (day.metric_date + interval '1 day') AT TIME ZONE 'UTC'
    )
