-- One row an hour and value of a dimension: the numbers of the rollup that depend on each other.
SELECT
    h.metric_hour, h.dimension, h.dimension_value,
    coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'sent_count' AND t.origin = 'derived'), 0) AS sent,
    coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'delivered_count' AND t.origin = 'derived'), 0) AS delivered,
    coalesce(sum(h.value_count) FILTER (WHERE h.metric_type = 'avg_delivery_time_ms' AND t.origin = 'derived'), 0)
        AS delivery_times,
    coalesce(sum(h.value_sum) FILTER (WHERE h.metric_type = 'llm_success_count' AND t.origin = 'derived'), 0) AS written_by_llm,
    coalesce(sum(h.value_count) FILTER (WHERE h.metric_type = 'avg_generation_time_ms' AND t.origin = 'derived'), 0)
        AS generation_times,
    count(*) FILTER (WHERE (t.kind = 'duration') IS DISTINCT FROM (h.buckets IS NOT NULL)) AS misplaced_histograms
FROM sms_metrics_hourly AS h
LEFT JOIN sms_metric_types AS t ON t.metric_type = h.metric_type
WHERE
    h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
    AND h.metric_date <= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)
    AND h.metric_hour >= (SELECT current_setting('sms_monitoring.window_start')::timestamptz)
    AND h.metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
GROUP BY h.metric_hour, h.dimension, h.dimension_value
