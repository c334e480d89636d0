-- The hours of today and of the day a week ago that each family has aggregated since they were over, and that are still kept.
SELECT family, metric_hour
FROM sms_aggregated_hours
WHERE
    (
        (metric_hour >= %(today)s AND metric_hour < %(now)s)
        OR (metric_hour >= %(last_week)s AND metric_hour < %(last_week_until)s)
    )
    AND aggregated_at >= metric_hour + interval '1 hour'
    AND metric_hour >= coalesce(
        (
            SELECT dropped_before::timestamp AT TIME ZONE 'UTC' FROM sms_retention_policies
            WHERE table_name = 'sms_metrics_hourly'
        ),
        '-infinity'
    )
