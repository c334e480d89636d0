-- Sums of each period and metric; percentiles from the period's merged histogram. Periods may overlap.
SELECT
    p.period,
    h.metric_type,
    sum(h.value_sum) AS value_sum,
    sms_percentile(sms_merge_buckets(h.buckets) FILTER (WHERE h.buckets IS NOT NULL), 0.50) AS p50,
    sms_percentile(sms_merge_buckets(h.buckets) FILTER (WHERE h.buckets IS NOT NULL), 0.95) AS p95
FROM unnest(%(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS p (period, starts_at, ends_at)
INNER JOIN sms_metrics_hourly AS h
    ON h.metric_date BETWEEN (p.starts_at AT TIME ZONE 'UTC')::date AND (p.ends_at AT TIME ZONE 'UTC')::date
    AND h.metric_hour >= p.starts_at AND h.metric_hour < p.ends_at
WHERE h.dimension = 'all'
GROUP BY p.period, h.metric_type
