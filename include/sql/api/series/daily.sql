-- Whole UTC days of everything: sums, medians and 95th percentiles, as worked out when the day was written.
SELECT
    metric_date::timestamp AT TIME ZONE 'UTC' AS at,
    metric_type,
    value_sum,
    value_count AS sample,
    p50,
    p95
FROM sms_metrics_by_day
WHERE
    metric_date >= (%(starts_at)s AT TIME ZONE 'UTC')::date AND metric_date < (%(ends_at)s AT TIME ZONE 'UTC')::date
    AND metric_type = ANY(%(metric_types)s)
