-- Hours and metric types of which the rollup is not the sum of the users' rows.
-- Day by day, so that each day reads its own partition and its hours fit into memory.
WITH raw AS (
    SELECT hour.*
    FROM generate_series(
        (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date::timestamp,
        (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date::timestamp, interval '1 day'
    ) AS day (metric_date)
    CROSS JOIN LATERAL (
        SELECT m.metric_hour, m.metric_type, sum(m.metric_value) AS value_sum, sum(m.sample_count) AS value_count
        FROM sms_metrics AS m
        WHERE m.metric_date = day.metric_date::date
        GROUP BY m.metric_hour, m.metric_type
    ) AS hour
    WHERE
        hour.metric_hour >= current_setting('sms_monitoring.window_start')::timestamptz
        AND hour.metric_hour < current_setting('sms_monitoring.window_end')::timestamptz
), rollup AS (
    SELECT metric_hour, metric_type, sum(value_sum) AS value_sum, sum(value_count) AS value_count
    FROM sms_metrics_hourly
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        -- Of days that retention has dropped, only the rollup is left.
        AND metric_date >= coalesce(
            (SELECT p.dropped_before FROM sms_retention_policies AS p WHERE p.table_name = 'sms_metrics'), '-infinity'
        )
        AND metric_hour >= (SELECT current_setting('sms_monitoring.window_start')::timestamptz)
        AND metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
        AND dimension = 'all'
    GROUP BY metric_hour, metric_type
)

SELECT
    metric_hour, metric_type,
    raw.value_sum AS raw_sum, rollup.value_sum AS rollup_sum, raw.value_count AS raw_count, rollup.value_count AS rollup_count
FROM raw
FULL JOIN rollup USING (metric_hour, metric_type)  -- noqa: ST07
WHERE
    (raw.value_sum, raw.value_count) IS DISTINCT FROM (rollup.value_sum, rollup.value_count)
    -- What was recorded or changed since waits to be aggregated.
    AND NOT EXISTS (SELECT 1 FROM sms_dirty_hours AS d WHERE d.metric_hour = coalesce(raw.metric_hour, rollup.metric_hour))
