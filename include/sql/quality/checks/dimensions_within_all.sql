-- Hours and metric types whose parts (by carrier, by campaign) add up to more than the whole.
SELECT whole.metric_hour, whole.metric_type, parts.dimension, whole.value_count AS whole_count, parts.value_count AS parts_count
FROM (
    SELECT metric_hour, metric_type, dimension, sum(value_sum) AS value_sum, sum(value_count) AS value_count
    FROM sms_metrics_hourly
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND dimension <> 'all'
    GROUP BY metric_hour, metric_type, dimension
) AS parts
LEFT JOIN sms_metrics_hourly AS whole
    ON
        whole.metric_hour = parts.metric_hour AND whole.metric_type = parts.metric_type AND whole.dimension = 'all'
        AND whole.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
WHERE (parts.value_sum <= whole.value_sum AND parts.value_count <= whole.value_count) IS NOT TRUE
