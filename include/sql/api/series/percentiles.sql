-- Median and 95th percentile of each step, from the histograms of its hours; one hour's needs no merging.
WITH step AS (
    SELECT
        date_bin(%(step)s::interval, metric_hour, %(starts_at)s) AS at,
        metric_type,
        sum(value_count) AS sample,
        array_agg(buckets) AS histograms
    FROM sms_metrics_hourly
    WHERE
        metric_date BETWEEN (%(starts_at)s AT TIME ZONE 'UTC')::date AND (%(ends_at)s AT TIME ZONE 'UTC')::date
        AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
        AND metric_type = ANY(%(metric_types)s)
        AND dimension = %(dimension)s AND dimension_value = %(value)s
        AND buckets IS NOT NULL
    GROUP BY at, metric_type
), merged AS MATERIALIZED (
    -- Materialized: so that it is worked out once, not once for each percentile.
    SELECT
        at, metric_type, sample,
        CASE WHEN cardinality(histograms) = 1 THEN histograms[1] ELSE sms_sum_buckets(histograms) END AS buckets
    FROM step
)

SELECT
    at,
    metric_type,
    sample,
    sms_percentile(buckets, 0.50) AS p50,
    sms_percentile(buckets, 0.95) AS p95
FROM merged
