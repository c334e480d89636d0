-- 95th percentile of a duration over some hours, and over others.
SELECT
    sms_percentile(sms_merge_buckets(buckets) FILTER (WHERE metric_hour = ANY(%(hours)s::timestamptz[])), 0.95) AS today,
    sms_percentile(sms_merge_buckets(buckets) FILTER (WHERE metric_hour = ANY(%(last_week_hours)s::timestamptz[])), 0.95)
        AS last_week
FROM sms_metrics_hourly
WHERE
    metric_date IN (
        ((%(hours)s::timestamptz[])[1] AT TIME ZONE 'UTC')::date,
        ((%(last_week_hours)s::timestamptz[])[1] AT TIME ZONE 'UTC')::date
    )
    AND metric_type = %(metric)s AND dimension = 'all'
