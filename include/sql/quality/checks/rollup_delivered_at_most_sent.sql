-- Hours, by dimension, in which more was delivered than sent, or more delivery times are known than deliveries.
SELECT metric_hour, dimension, dimension_value, sent, delivered, delivery_times
FROM (
    SELECT
        h.metric_hour, h.dimension, h.dimension_value,
        coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'sent_count'), 0) AS sent,
        coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'delivered_count'), 0) AS delivered,
        coalesce(sum(h.value_count) FILTER (WHERE h.metric_type = 'avg_delivery_time_ms'), 0) AS delivery_times
    FROM sms_metrics_hourly AS h
    INNER JOIN sms_metric_types AS t ON t.metric_type = h.metric_type
    WHERE
        h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND h.metric_type IN ('sent_count', 'delivered_count', 'avg_delivery_time_ms')
        -- Applications that record by themselves may count a delivery in the hour it came.
        AND t.origin = 'derived'
    GROUP BY h.metric_hour, h.dimension, h.dimension_value
) AS hours
WHERE delivered > sent OR delivery_times > delivered
