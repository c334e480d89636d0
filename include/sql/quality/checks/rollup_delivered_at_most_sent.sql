-- Hours, by dimension, in which more was delivered than sent, or more delivery times are known than deliveries. Null is
-- the number of a type which an application records by itself: it may count a delivery in the hour it came.
WITH derived AS (
    SELECT array_agg(metric_type) AS types FROM sms_metric_types WHERE origin = 'derived'
)

SELECT metric_hour, dimension, dimension_value, sent, delivered, delivery_times
FROM (
    SELECT
        h.metric_hour, h.dimension, h.dimension_value,
        CASE WHEN 'sent_count' = ANY(d.types) THEN
            coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'sent_count'), 0)
        END AS sent,
        CASE WHEN 'delivered_count' = ANY(d.types) THEN
            coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'delivered_count'), 0)
        END AS delivered,
        CASE WHEN 'avg_delivery_time_ms' = ANY(d.types) THEN
            coalesce(sum(h.value_count) FILTER (WHERE h.metric_type = 'avg_delivery_time_ms'), 0)
        END AS delivery_times
    FROM sms_metrics_hourly AS h
    CROSS JOIN derived AS d
    WHERE
        h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND h.metric_type IN ('sent_count', 'delivered_count', 'avg_delivery_time_ms')
    GROUP BY h.metric_hour, h.dimension, h.dimension_value, d.types
) AS hours
WHERE delivered > sent OR delivery_times > delivered
