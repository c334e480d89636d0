-- One row a day, metric type and dimension of the rollup: how many rows, and how many are wrong in which way.
SELECT
    h.metric_date, h.metric_type, h.dimension, t.kind,
    count(*) AS row_count,
    count(*) FILTER (WHERE h.metric_hour IS NULL OR h.value_sum IS NULL OR h.value_count IS NULL) AS missing_values,
    count(*) FILTER (WHERE h.value_sum < 0) AS negative_values,
    count(*) FILTER (WHERE h.value_sum > 1e15) AS senseless_values,
    count(*) FILTER (WHERE h.value_count < 1) AS empty_samples,
    count(*) FILTER (WHERE (h.dimension = 'all') IS DISTINCT FROM (h.dimension_value = '')) AS mislabelled,
    count(*) FILTER (WHERE (t.kind = 'duration') IS DISTINCT FROM (h.buckets IS NOT NULL)) AS misplaced_histograms,
    count(*) FILTER (WHERE (h.metric_hour AT TIME ZONE 'UTC')::date <> h.metric_date) AS misdated,
    count(*) FILTER (WHERE h.metric_hour <> date_trunc('hour', h.metric_hour, 'UTC')) AS off_the_hour,
    count(*) FILTER (WHERE h.metric_hour > current_setting('sms_monitoring.now')::timestamptz) AS in_the_future
FROM sms_metrics_hourly AS h
LEFT JOIN sms_metric_types AS t ON t.metric_type = h.metric_type
WHERE
    h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
GROUP BY h.metric_date, h.metric_type, h.dimension, t.kind
