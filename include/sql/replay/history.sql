-- From when to when there is history: what is aggregated, and what retention has left of the tables that a SELECT names.
SELECT
    h.first_hour, h.last_hour,
    (
        SELECT max(p.dropped_before)::timestamp AT TIME ZONE 'UTC'
        FROM sms_retention_policies AS p
        WHERE %(statement)s ~ ('\m' || p.table_name || '\M')
    ) AS dropped_before
FROM (
    -- Where one of the families has none, there is none.
    SELECT
        CASE WHEN bool_and(first_hour IS NOT NULL) THEN max(first_hour) END AS first_hour,
        CASE WHEN bool_and(first_hour IS NOT NULL) THEN min(last_hour) END AS last_hour
    FROM unnest(%(families)s::text[]) AS f (family)
    CROSS JOIN LATERAL (
        SELECT min(metric_hour) AS first_hour, max(metric_hour) AS last_hour
        FROM sms_aggregated_hours
        WHERE family = f.family
    ) AS of_family
) AS h
