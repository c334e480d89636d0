-- Hours whose numbers of one of some families are not to be judged, and the checks that say so.
SELECT b.metric_hour, array_agg(DISTINCT c.name ORDER BY c.name) AS checks
FROM sms_bad_hours AS b
CROSS JOIN LATERAL unnest(b.checks) AS c (name)
WHERE
    b.family = ANY(%(families)s::text[])
    AND b.metric_hour >= %(window_start)s AND b.metric_hour < %(window_end)s
GROUP BY b.metric_hour
