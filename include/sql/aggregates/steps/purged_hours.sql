-- Old hours of which the tables know a metric that the source no longer has a single fact of: the product
-- has purged its rows, and a recount would rewrite what is known as zero. Young hours follow the source.
SELECT DISTINCT r.metric_hour
FROM sms_metrics_hourly AS r
WHERE
    r.metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND r.metric_hour >= %(window_start)s AND r.metric_hour < %(window_end)s
    AND r.metric_hour < now() - %(purge_age)s::interval
    AND r.metric_type = ANY(%(metric_types)s)
    AND r.dimension = 'all'
    AND NOT EXISTS (
        SELECT 1 FROM sms_facts AS f
        WHERE f.metric_hour = r.metric_hour AND f.metric_type = r.metric_type
    )
ORDER BY r.metric_hour
