-- One row an hour and value of a dimension: the numbers of the rollup that depend on each other. Null is that of a type
-- which an application records by itself: it may count a delivery in the hour it came.
WITH derived AS (
    SELECT array_agg(metric_type) AS types FROM sms_metric_types WHERE origin = 'derived'
)

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
    END AS delivery_times,
    CASE WHEN 'llm_success_count' = ANY(d.types) THEN
        coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'llm_success_count'), 0)
    END AS written_by_llm,
    CASE WHEN 'avg_generation_time_ms' = ANY(d.types) THEN
        coalesce(sum(h.value_count) FILTER (WHERE h.metric_type = 'avg_generation_time_ms'), 0)
    END AS generation_times,
    count(*) FILTER (WHERE (t.kind = 'duration') IS DISTINCT FROM (h.buckets IS NOT NULL)) AS misplaced_histograms
FROM sms_metrics_hourly AS h
CROSS JOIN derived AS d
LEFT JOIN sms_metric_types AS t ON t.metric_type = h.metric_type
WHERE
    h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
    AND h.metric_date <= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)
    AND h.metric_hour >= (SELECT current_setting('sms_monitoring.window_start')::timestamptz)
    AND h.metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
GROUP BY h.metric_hour, h.dimension, h.dimension_value, d.types
