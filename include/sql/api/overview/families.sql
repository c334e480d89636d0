-- The newest hour that each family has aggregated since it was over; a family that never did is not in the answer.
SELECT f.family, newest.metric_hour AS newest_hour, newest.aggregated_at
FROM unnest(%(families)s::text[]) AS f (family)
CROSS JOIN LATERAL (
    SELECT a.metric_hour, a.aggregated_at
    FROM sms_aggregated_hours AS a
    WHERE a.family = f.family AND a.aggregated_at >= a.metric_hour + interval '1 hour'
    ORDER BY a.metric_hour DESC
    LIMIT 1
) AS newest
ORDER BY f.family
