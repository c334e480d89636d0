-- Keys of sms_metrics that stand in more than one row, by hour and metric type. Day by day, so that a day's keys fit into memory.
SELECT day.metric_date, repeated.metric_hour, repeated.metric_type, repeated.keys
FROM generate_series(
    (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)::timestamp,
    (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)::timestamp, interval '1 day'
) AS day (metric_date)
CROSS JOIN LATERAL (
    SELECT metric_hour, metric_type, count(*) AS keys
    FROM (
        SELECT metric_hour, metric_type
        FROM sms_metrics
        WHERE metric_date = day.metric_date::date
        GROUP BY metric_hour, metric_type, user_id
        HAVING count(*) > 1
    ) AS k
    GROUP BY metric_hour, metric_type
) AS repeated
