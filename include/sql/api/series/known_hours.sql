-- How many hours of each step are known: aggregated since they were over, by every family the metrics come from, and still kept.
WITH families AS (
    SELECT DISTINCT CASE t.origin WHEN 'recorded' THEN 'recorded' ELSE wanted.family END AS family
    FROM unnest(%(metric_types)s::text[], %(families)s::text[]) AS wanted (metric_type, family)
    INNER JOIN sms_metric_types AS t ON t.metric_type = wanted.metric_type
), hours AS (
    SELECT a.metric_hour, max(a.aggregated_at) AS aggregated_at
    FROM sms_aggregated_hours AS a
    INNER JOIN families ON families.family = a.family
    WHERE
        a.metric_hour >= %(starts_at)s AND a.metric_hour < %(ends_at)s
        AND a.aggregated_at >= a.metric_hour + interval '1 hour'
        AND a.metric_hour >= coalesce(
            (
                SELECT dropped_before::timestamp AT TIME ZONE 'UTC' FROM sms_retention_policies
                WHERE table_name = 'sms_metrics_hourly'
            ),
            '-infinity'
        )
    GROUP BY a.metric_hour
    HAVING count(*) = (SELECT count(every.family) FROM families AS every)
)

SELECT
    date_bin(%(step)s::interval, metric_hour, %(starts_at)s) AS at,
    count(*) AS hours,
    max(metric_hour) AS newest_hour,
    max(aggregated_at) AS aggregated_at
FROM hours
GROUP BY at
