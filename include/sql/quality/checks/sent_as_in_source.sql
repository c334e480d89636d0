-- Hours, of the newest day, of which the rollup counts fewer messages sent than the source knows of. What changed in the
-- source since the hour was aggregated may or may not be counted. A few rows pass: those that the product committed long
-- after it had dated them.
WITH source AS (
    SELECT
        date_trunc('hour', s.sent_at, 'UTC') AS metric_hour,
        count(*) FILTER (WHERE s.changed_at < a.aggregated_at - interval '1 minute') AS settled
    FROM source_messages AS s
    INNER JOIN sms_aggregated_hours AS a
        ON a.family = 'delivery' AND a.metric_hour = date_trunc('hour', s.sent_at, 'UTC')
    WHERE
        s.sent_at >= greatest(
            current_setting('sms_monitoring.window_start')::timestamptz,
            current_setting('sms_monitoring.window_end')::timestamptz - interval '1 day'
        )
        AND s.sent_at < current_setting('sms_monitoring.window_end')::timestamptz
        AND s.sent_at >= current_setting('sms_monitoring.now')::timestamptz - interval '7 days'
    GROUP BY 1
), rollup AS (
    SELECT h.metric_hour, h.value_sum AS counted
    FROM sms_metrics_hourly AS h
    INNER JOIN sms_metric_types AS t ON t.metric_type = h.metric_type AND t.origin = 'derived'
    WHERE
        h.metric_date >= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date) - 2
        AND h.metric_hour >= greatest(
            current_setting('sms_monitoring.window_start')::timestamptz,
            current_setting('sms_monitoring.window_end')::timestamptz - interval '1 day'
        )
        AND h.metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
        AND h.metric_hour >= current_setting('sms_monitoring.now')::timestamptz - interval '7 days'
        AND h.metric_type = 'sent_count' AND h.dimension = 'all'
)

SELECT metric_hour, coalesce(source.settled, 0) AS known_to_source, coalesce(rollup.counted, 0) AS counted
FROM source
FULL JOIN rollup USING (metric_hour)  -- noqa: ST07
WHERE
    EXISTS (SELECT 1 FROM sms_metric_types AS t WHERE t.metric_type = 'sent_count' AND t.origin = 'derived')
    AND coalesce(rollup.counted, 0) < coalesce(source.settled, 0) - greatest(5, 0.01 * coalesce(source.settled, 0))
