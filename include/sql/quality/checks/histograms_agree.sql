-- Hours whose histogram does not hold as many observations as were counted, or whose sum cannot come from it.
-- A bucket ends 1.05 times where it begins: see sms_bucket_of.
SELECT metric_hour, metric_type, value_count, value_sum, in_histogram, round(least_sum, 3) AS least_sum, round(most_sum, 3) AS most_sum
FROM (
    SELECT
        h.metric_hour, h.metric_type, h.value_count, h.value_sum,
        sum(b.n) AS in_histogram,
        sum(b.n * CASE WHEN b.idx = 0 THEN 0 ELSE 1.05::float8 ^ (b.idx - 1) END)::numeric AS least_sum,
        sum(b.n * 1.05::float8 ^ b.idx)::numeric AS most_sum
    FROM sms_metrics_hourly AS h
    CROSS JOIN LATERAL (SELECT key::integer AS idx, value::numeric AS n FROM jsonb_each_text(h.buckets)) AS b
    WHERE
        h.metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND h.dimension = 'all' AND h.buckets IS NOT NULL
    GROUP BY h.metric_hour, h.metric_type, h.value_count, h.value_sum
) AS hours
WHERE value_count <> in_histogram OR value_sum < least_sum * 0.999 - 1 OR value_sum > most_sum * 1.001 + 1
