-- Days and metric types that are not the sum of their hours.
WITH hours AS (
    SELECT metric_date, metric_type, sum(value_sum) AS value_sum, sum(value_count) AS value_count
    FROM sms_metrics_hourly
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND dimension = 'all'
    GROUP BY metric_date, metric_type
), days AS (
    SELECT metric_date, metric_type, value_sum, value_count
    FROM sms_metrics_by_day
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND metric_date >= coalesce(
            (SELECT p.dropped_before FROM sms_retention_policies AS p WHERE p.table_name = 'sms_metrics_hourly'), '-infinity'
        )
)

SELECT
    metric_date, metric_type,
    hours.value_sum AS hours_sum, days.value_sum AS day_sum, hours.value_count AS hours_count, days.value_count AS day_count
FROM hours
FULL JOIN days USING (metric_date, metric_type)  -- noqa: ST07
WHERE
    (hours.value_sum, hours.value_count) IS DISTINCT FROM (days.value_sum, days.value_count)
    -- Its hours were recomputed just now: it is rebuilt next.
    AND NOT EXISTS (SELECT 1 FROM sms_dirty_days AS d WHERE d.metric_date = coalesce(hours.metric_date, days.metric_date))
