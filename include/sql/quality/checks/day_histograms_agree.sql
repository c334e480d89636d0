-- Days whose histogram does not hold as many observations as were counted.
SELECT d.metric_date, d.metric_type, d.value_count, sum(b.n) AS in_histogram
FROM sms_metrics_by_day AS d
CROSS JOIN LATERAL (SELECT value::bigint AS n FROM jsonb_each_text(d.buckets)) AS b
WHERE d.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
GROUP BY d.metric_date, d.metric_type, d.value_count
HAVING sum(b.n) <> d.value_count
