-- The hours that all of some families have aggregated since they were over.
SELECT metric_hour
FROM sms_aggregated_hours
WHERE
    family = ANY(%(families)s::text[])
    AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
    AND aggregated_at >= metric_hour + interval '1 hour'
GROUP BY metric_hour
HAVING count(*) = cardinality(%(families)s::text[])
