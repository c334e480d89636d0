-- Of some families, those that have not aggregated an hour since it was over.
SELECT f.family
FROM unnest(%(families)s::text[]) AS f (family)
WHERE NOT EXISTS (
    SELECT 1 FROM sms_aggregated_hours AS a
    WHERE
        a.family = f.family AND a.metric_hour = %(hour)s
        AND a.aggregated_at >= a.metric_hour + interval '1 hour'
)
ORDER BY f.family
