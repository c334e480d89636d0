-- The hours of today and of the day a week ago that each family has aggregated since they were over, that are still kept
-- and not known to be bad.
SELECT a.family, a.metric_hour
FROM sms_aggregated_hours AS a
WHERE
    NOT EXISTS (SELECT FROM sms_bad_hours AS b WHERE b.family = a.family AND b.metric_hour = a.metric_hour)
    AND (
        (a.metric_hour >= %(today)s AND a.metric_hour < %(now)s)
        OR (a.metric_hour >= %(last_week)s AND a.metric_hour < %(last_week_until)s)
    )
    AND a.aggregated_at >= a.metric_hour + interval '1 hour'
    AND a.metric_hour >= coalesce(
        (
            SELECT dropped_before::timestamp AT TIME ZONE 'UTC' FROM sms_retention_policies
            WHERE table_name = 'sms_metrics_hourly'
        ),
        '-infinity'
    )
